// What live-build trees rely on of chroot hooks and includes, shown with the real programs. Needs root.
import { chmod, mkdir, readFile, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestTree } from '../../src/config/digestTree.ts';
import { defineStep } from '../../src/engine/step.ts';
import { parseManifest } from '../../src/rootfs/manifest.ts';
import { hookStep } from '../../src/steps/hook.ts';
import { includesStep } from '../../src/steps/includes.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds } from '../../src/steps/workshop.ts';
import type { TreeRef } from '../../src/store/types.ts';
import { epoch, epochSeconds, fixed, openScene, type StepScene, writeFiles } from '../helpers/stepScene.ts';
import { isRoot } from '../helpers/user.ts';

interface HookScene {
  readonly mode?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly below?: TreeRef;
}

describe.runIf(isRoot)('live-build’s ways', () => {
  let scene: StepScene;
  let base: ChrootBase;

  beforeAll(async () => {
    scene = await openScene();
    base = { tools: scene.tools('build'), epoch, debconfFrontend: 'noninteractive', debconfPriority: 'critical' };
  });
  afterAll(() => scene.store.close());

  const path = async (layer: TreeRef, file: string) => join(await scene.store.treePath(layer), file);

  /** Runs a chroot hook in a root that is the tools tree for hooks, and gives the layer it wrote. */
  async function runHook(script: string, options: HookScene = {}): Promise<TreeRef> {
    const { mode = 0o644, environment = {}, below } = options;
    const directory = await scene.directory({ 'config/common': 'LB_APT="apt"\n', hook: script });
    await chmod(join(directory, 'hook'), mode);
    const step = hookStep({
      ...{ base, name: 'normal/0100-a.hook.chroot', path: join(directory, 'hook'), environment, isStock: false },
      config: { path: join(directory, 'config'), digest: async () => 'c' },
      network: {
        index: fixed('index', { sources: [], contents: [], components: [], translations: [], dateSeconds: 1 }),
        ...{ sourcesList: '', proxy: {}, directories: [], aptFiles: {} },
      },
      below: [scene.tools('hooks'), ...(below ? [fixed('below', below)] : [])],
    });
    return (await scene.run([step])).resultOf(step);
  }

  test.each([
    ['without an x bit', '#!/bin/sh\necho yes >/out.txt\n', 0o644],
    ['without #!', 'echo yes >/out.txt\n', 0o755],
    ['of bash', '#!/bin/bash\n[[ -n yes ]] && echo yes >/out.txt\n', 0o600],
    ['of env python3', '#!/usr/bin/env python3\nopen("/out.txt", "w").write("yes\\n")\n', 0o755],
  ])('a hook runs %s', async (_, script, mode) => {
    expect(await readFile(await path(await runHook(script, { mode }), 'out.txt'), 'utf8')).toBe('yes\n');
  });

  test('a hook has live-build’s environment and place, and no variable more', async () => {
    const environment = { EDITION: 'full' };
    const layer = await runHook('#!/bin/sh\nenv >/env.txt; { echo "$0"; pwd; } >/place.txt\n', { environment });
    const lines = (await readFile(await path(layer, 'env.txt'), 'utf8')).trim().split('\n');
    // The last two are the hook's own shell's.
    expect(lines.filter((line) => !/^(_|PWD)=/.test(line)).sort()).toEqual([
      ...['DEBCONF_NONINTERACTIVE_SEEN=true', 'DEBCONF_NOWARNINGS=true', 'DEBIAN_FRONTEND=noninteractive'],
      ...['DEBIAN_PRIORITY=critical', 'EDITION=full', 'HOME=/root'],
      'PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin',
      ...[`SOURCE_DATE_EPOCH=${epochSeconds}`, 'TERM=dumb', 'http_proxy=', 'no_proxy='],
    ]);
    expect(await readFile(await path(layer, 'place.txt'), 'utf8')).toBe('/root/0100-a.hook.chroot\n/\n');
    const names = parseManifest(await scene.store.readManifest(layer)).map((entry) => entry.path);
    expect(names.filter((name) => name.includes('hook') || name.includes('live-build'))).toEqual([]);
  });

  test('options come from /live-build/config, which is read-only', async () => {
    const script = '. /live-build/config/common; echo "$LB_APT" >/out.txt; ! touch /live-build/config/x';
    expect(await readFile(await path(await runHook(script), 'out.txt'), 'utf8')).toBe('apt\n');
  });

  const whoAmI = 'cat /etc/hostname; hostname; hostname --fqdn; hostname --all-fqdns; grep -c localdomain /etc/hosts';
  const told = `included\n${'localhost.localdomain\n'.repeat(3)}1\n`;

  test('a hook sees live-build’s machine by the name of localhost.localdomain, and what this one is called stays here', async () => {
    const below = await scene.treeOf({ 'etc/hostname': 'included\n', 'etc/hosts': 'included\n' });
    const layer = await runHook(`(${whoAmI}) >/out.txt; echo 192.0.2.1 own >>/etc/hosts; rm /etc/resolv.conf`, {
      below,
    });
    expect(await readFile(await path(layer, 'out.txt'), 'utf8')).toBe(told);
    const names = parseManifest(await scene.store.readManifest(layer)).map((entry) => entry.path);
    expect(names.filter((name) => /hosts?(name)?$|resolv/.test(name))).toEqual([]);
  });

  test('a package sees the same, and nothing of this machine', async () => {
    const below = await scene.treeOf({ 'etc/hostname': 'included\n', 'etc/hosts': 'included\n' });
    const step = defineStep({
      ...{ name: 'package', title: 'package', version: 1 },
      needs: [...chrootNeeds(base), scene.tools('hooks')],
      inputs: (resultOf) => ({ ...chrootInputs(base, resultOf), below: [resultOf(scene.tools('hooks')), below] }),
      run: (inputs, context) =>
        changeRoot({ ...inputs, context }, async ({ runInRoot }) => {
          await runInRoot({ argv: ['sh', '-c', `(${whoAmI}; cat /etc/hosts) >/out.txt`] });
        }),
    });
    const layer = (await scene.run([step])).resultOf(step);
    const hosts = '127.0.0.1\tlocalhost localhost.localdomain\n127.0.1.1\tdebian\n';
    expect(await readFile(await path(layer, 'out.txt'), 'utf8')).toBe(told + hosts);
  });

  test('includes are copied by rsync’s rules: links, modes, owners and times', async () => {
    const lower = await scene.treeOf({ 'usr/lib/x': '', 'etc/old': 'old', 'etc/target': 'target', 'etc/keep': 'k' });
    const links = await scene.store.withStaging(async (scratch) => {
      const directory = join(scratch, 'tree');
      await mkdir(join(directory, 'etc'), { recursive: true });
      await symlink('usr/lib', join(directory, 'lib'));
      await symlink('target', join(directory, 'etc/link'));
      await writeFiles(directory, { 'etc/old': 'old' });
      await chmod(join(directory, 'etc/old'), 0o600);
      const { sealLayer } = await import('../../src/rootfs/seal.ts');
      return scene.store.putTree(directory, await sealLayer({ directory, epochSeconds }));
    });
    const files = { 'lib/new': 'n', 'etc/link': 'file', 'etc/old': 'new', 'home/user/a b': '', 'etc/run': '#!' };
    // What the build lends to packages and hooks, and what it keeps of this machine out of their layers, may be the user's here.
    const asLent = { 'etc/hosts': 'own', 'etc/resolv.conf': 'own', 'usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n' };
    const includes = await scene.directory({ ...files, ...asLent });
    await symlink('/dev/null', join(includes, 'etc/mask.service'));
    await symlink('nowhere', join(includes, 'etc/dangling'));
    await chmod(join(includes, 'etc/run'), 0o755);
    await chmod(join(includes, 'etc/old'), 0o644);
    await utimes(join(includes, 'etc/run'), 1, 1);
    const step = includesStep({
      ...{ base, name: 'includes.chroot', directory: includes, below: [fixed('a', lower), fixed('b', links)] },
      read: () => digestTree(includes),
    });
    const layer = (await scene.run([step])).resultOf(step);
    const rows = new Map(parseManifest(await scene.store.readManifest(layer)).map((entry) => [entry.path, entry]));
    // A link to a directory is followed, one to a file is replaced, links are carried as they are.
    expect(rows.get('usr/lib/new')).toMatchObject({ type: 'f' });
    expect(rows.has('lib')).toBe(false);
    expect(rows.get('etc/link')).toMatchObject({ type: 'f' });
    expect(rows.has('etc/target')).toBe(false);
    expect(rows.get('etc/mask.service')).toMatchObject({ type: 'l', content: '/dev/null' });
    expect(rows.get('etc/dangling')).toMatchObject({ type: 'l', content: 'nowhere' });
    // An existing file keeps its mode, a new one brings its own; all are root's; no times are carried over.
    expect(rows.get('etc/old')).toMatchObject({ mode: 0o600 });
    expect(rows.get('etc/run')).toMatchObject({ mode: 0o755, mtimeSeconds: epochSeconds });
    expect(rows.get('home/user/a b')).toMatchObject({ uid: 0, gid: 0 });
    expect([...rows.keys()]).toEqual(expect.arrayContaining(Object.keys(asLent)));
  });
});
