// The same build by an ordinary user, from that user's own empty store. Needs root, to make that user, and uidmap.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAllBlocks } from '../../src/squashfs/allBlocks.testing.ts';
import { withImage } from '../../src/squashfs/index.ts';
import { removeTree } from '../../src/store/remove.ts';
import { findDamage, leftoversOf } from '../helpers/checkStore.ts';
import { foreignArchitecture, makeForeignTree, toldBy } from '../helpers/foreignTree.ts';
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
  write,
} from '../helpers/lb.ts';
import { addUser, giveDirectory, isRoot, processesOf, removeUser, type User } from '../helpers/user.ts';

const secret = 'correct horse battery staple';

/** An edit in which much is done again, and a hook that leaves what the next one takes away. */
function edit(directory: string): void {
  write(directory, 'config/includes.chroot/etc/included', 'edited\n');
  write(directory, 'config/package-lists/more.list.chroot', 'htop less\n');
  const leave = `echo ${secret} >/opt/deleted; echo ${secret} >/opt/overwritten; yes ${secret} | head -c 3000000 >/opt/big`;
  write(directory, 'config/hooks/normal/0500-leave.hook.chroot', `#!/bin/sh\n${leave}\n`, 0o755);
  const take = 'rm /opt/deleted /opt/big; echo public >/opt/overwritten';
  write(directory, 'config/hooks/normal/0600-take.hook.chroot', `#!/bin/sh\n${take}\n`, 0o755);
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

async function processesAfterAWhile(user: User): Promise<string[]> {
  for (let tries = 0; tries < 20 && processesOf(user).length > 0; tries++) await delay(250);
  return processesOf(user);
}

describe.runIf(isRoot)('an ordinary user', () => {
  let user: User;
  let scene: Scene & { readonly store: string };
  let roots: Scene;

  beforeAll(async () => {
    await firstBuild();
    roots = { directory: copyFirst('for-root') };
    user = addUser(runDirectory());
    await removeTree(join(user.home, 'first'));
    await removeTree(join(user.home, 'store'));
    const edited = copyFirst('for-user');
    edit(edited);
    const directory = giveDirectory(user, edited, 'first');
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

  test('the next build goes on from there, and ends', async () => {
    const build = await lbSucceeds(['build', '--json'], scene);
    expect(stepsOf('step-reused', build)).toEqual(
      expect.arrayContaining(['tools:build', 'resolve', 'download', 'bootstrap']),
    );
    expect(stepsOf('step-done', build)).toContain('packages:install');
    expect(await findDamage(scene.store)).toEqual([]);
    expect(leftoversOf(scene.store)).toEqual([]);
  });

  test('its image, made of nothing, is the one that root has after an edit, byte for byte', async () => {
    await lbSucceeds(['build'], roots);
    edit(roots.directory);
    const build = await lbSucceeds(['build', '--json'], roots);
    expect(stepsOf('step-reused', build)).toEqual(
      expect.arrayContaining([
        'packages:install',
        'packages:console.list.chroot',
        'hook:normal/8020-remove-dbus-machine-id.hook.chroot',
        'initrd',
      ]),
    );
    expect(stepsOf('step-done', build)).toEqual(
      expect.arrayContaining(['packages:more.list.chroot', 'includes:includes.chroot', 'rootfs']),
    );
    expect(sha256(join(scene.directory, image))).toBe(sha256(join(roots.directory, image)));
  });

  test('what a hook deleted, or wrote over, is in no block of the system image', async () => {
    const system = runDirectory('edited.squashfs');
    const argv = [
      '-osirrox',
      'on',
      '-indev',
      join(roots.directory, image),
      '-extract',
      '/live/filesystem.squashfs',
      system,
    ];
    execFileSync('xorriso', argv, { stdio: 'ignore' });
    await withImage(system, async (opened) => {
      let blocks = 0;
      for await (const block of readAllBlocks(opened)) {
        blocks++;
        expect(block.includes(secret)).toBe(false);
      }
      expect(blocks).toBeGreaterThan(1000);
    });
    expect(execFileSync('unsquashfs', ['-cat', system, 'opt/overwritten'], { encoding: 'utf8' })).toBe('public\n');
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

  test('programs of another architecture run in the user’s namespace too', async () => {
    const source = runDirectory('foreign-for-user');
    await makeForeignTree(source, foreignArchitecture.name);
    const directory = giveDirectory(user, source, 'foreign');
    const foreign = { ...scene, directory };
    await lbSucceeds(['chroot', '--extract'], foreign);
    expect(toldBy(directory)).toBe(foreignArchitecture.told);
    expect(await processesAfterAWhile(user)).toEqual([]);
    await lbSucceeds(['clean', '--purge'], foreign);
  });

  test('lb clean --purge by the user gives back layers, trees and images', async () => {
    await lbSucceeds(['clean', '--purge'], scene);
    const trees = readdirSync(join(scene.store, 'trees')).flatMap((shard) =>
      readdirSync(join(scene.store, 'trees', shard)),
    );
    expect(trees).toEqual([]);
    const usedMib = Number(execFileSync('du', ['-sm', scene.store], { encoding: 'utf8' }).split('\t')[0]);
    // Packages too, of which tools and emulator were made.
    expect(usedMib).toBeLessThan(30);
    expect(await processesAfterAWhile(user)).toEqual([]);
  });
});
