// The same build by an ordinary user, from that user's own empty store. Needs root, to make that user, and uidmap.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeTree } from '../../src/store/remove.ts';
import { findDamage, leftoversOf } from '../helpers/checkStore.ts';
import {
  copyFirst,
  firstBuild,
  image,
  lb,
  lbSucceeds,
  runDirectory,
  type Scene,
  startLb,
  stepsOf,
} from '../helpers/lb.ts';
import { addUser, giveDirectory, isRoot, processesOf, removeUser, type User } from '../helpers/user.ts';

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

async function processesAfterAWhile(user: User): Promise<string[]> {
  for (let tries = 0; tries < 20 && processesOf(user).length > 0; tries++) await delay(250);
  return processesOf(user);
}

describe.runIf(isRoot)('an ordinary user', () => {
  let user: User;
  let scene: Scene & { readonly store: string };
  let rootsImage: string;

  beforeAll(async () => {
    const first = await firstBuild();
    rootsImage = join(first.directory, image);
    user = addUser(runDirectory());
    await removeTree(join(user.home, 'first'));
    await removeTree(join(user.home, 'store'));
    const directory = giveDirectory(user, copyFirst('for-user'), 'first');
    scene = { user, directory, store: join(user.home, 'store') };
  });
  afterAll(() => removeUser());

  test('kill -9 in the middle of the packages leaves no process, no mount and no half object', async () => {
    const build = startLb(['build', '--json'], scene);
    await build.waitFor(
      (event) => event.type === 'step-progress' && event.step === 'packages:install' && event.done > 5,
    );
    expect(processesOf(user).length).toBeGreaterThan(2);
    build.child.kill('SIGKILL');
    await build.finished;

    expect(await processesAfterAWhile(user)).toEqual([]);
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    expect(mounts.filter((line) => line.includes(user.home))).toEqual([]);
    expect(await findDamage(scene.store)).toEqual([]);
    expect(readdirSync(scene.directory)).not.toContain(image);
  });

  test('the next build goes on from there, and its image is that of root, byte for byte', async () => {
    const build = await lbSucceeds(['build', '--json'], scene);
    expect(stepsOf('step-reused', build)).toEqual(
      expect.arrayContaining(['tools:build', 'resolve', 'download', 'bootstrap']),
    );
    expect(stepsOf('step-done', build)).toContain('packages:install');
    expect(await findDamage(scene.store)).toEqual([]);
    expect(leftoversOf(scene.store)).toEqual([]);

    // At no cost, unless the mirror has got news between the two builds.
    await lbSucceeds(['build'], await firstBuild());
    expect(sha256(join(scene.directory, image))).toBe(sha256(rootsImage));
  });

  test('without a change the build takes the rest from the store', async () => {
    const again = await lbSucceeds(['build', '--json'], scene);
    expect(stepsOf('step-done', again).sort()).toEqual(['index', 'tools-index']);
  });

  // Only inside that namespace; the machine's own setting stays as it is.
  const forbid = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
  const withoutNamespaces = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-c', forbid, 'sh'];

  test.each<[string, Partial<Scene>, RegExp]>([
    ['without newuidmap', { env: { PATH: '/nonexistent' } }, /apt-get install uidmap/],
    ['where user namespaces are forbidden', { by: withoutNamespaces }, /user\.max_user_namespaces/],
  ])('%s the remedy is named', async (_, more, remedy) => {
    const refused = await lb(['build'], { ...scene, ...more });
    expect(refused.exitCode).toBe(1);
    expect(await processesAfterAWhile(user)).toEqual([]);
    expect(refused.stderr).toMatch(
      /^lb: (A user namespace .* could not be made|An ordinary user needs newuidmap) .*\.\n {4}.* {3}\[NAMESPACES_UNAVAILABLE\]\n$/,
    );
    expect(refused.stderr).toMatch(remedy);
  });

  test('lb clean --purge by the user gives back layers, trees and images', async () => {
    await lbSucceeds(['clean', '--purge'], scene);
    const trees = readdirSync(join(scene.store, 'trees')).flatMap((shard) =>
      readdirSync(join(scene.store, 'trees', shard)),
    );
    expect(trees).toEqual([]);
    const usedMib = Number(execFileSync('du', ['-sm', scene.store], { encoding: 'utf8' }).split('\t')[0]);
    expect(usedMib).toBeLessThan(60);
    expect(await processesAfterAWhile(user)).toEqual([]);
  });
});
