// Binary hooks on a fabricated medium, with the real tools tree and overlayfs. Needs root.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestTree } from '../../src/config/digestTree.ts';
import { executeStep } from '../../src/engine/execute.ts';
import type { Step } from '../../src/engine/step.ts';
import { writeMerged } from '../../src/rootfs/merge.ts';
import { createSandbox } from '../../src/sandbox/run.ts';
import { type BinaryHookOptions, binaryHookStep } from '../../src/steps/binaryHook.ts';
import type { BinaryHookInputs, Part } from '../../src/steps/binaryHookWorld.ts';
import { enterMedium } from '../../src/steps/enterMedium.ts';
import { mediumWitness } from '../../src/steps/mediumSight.ts';
import type { TreeRef } from '../../src/store/types.ts';
import { epoch, epochSeconds, fixed, openScene, type StepScene } from '../helpers/stepScene.ts';
import { isRoot } from '../helpers/user.ts';

const wholeMedium: readonly Part[] = [{ name: 'binary', path: '' }];

describe.runIf(isRoot)('binary hooks', () => {
  let scene: StepScene;

  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.store.close());

  /** Runs the hooks on the medium and returns its trees, the lowest first, and what the user was told. */
  async function runHooks(
    scripts: readonly string[],
    files: Readonly<Record<string, string>>,
    parts: readonly Part[] = wholeMedium,
  ) {
    const directory = await scene.directory({ 'config/common': 'LB_APT="apt"\n', 'cmdline.sh': 'WORDS="a b"\n' });
    const medium = await scene.treeOf(files);
    const layOut = fixed('lay-out', {
      directory: medium,
      packages: await scene.store.putBytes('bash\t5\n'),
      secureBoot: false,
    });
    const list = await scene.store.putBytes('list\n');
    const listings = fixed('listings', { files: list, packagesInstall: list, packagesLive: list });
    const chroot = fixed('layer', await scene.treeOf({ 'etc/name': 'target\n' }));
    const config = join(directory, 'config');
    const tools = scene.tools('hooks');
    const hooks: Step<TreeRef>[] = [];
    const sources: BinaryHookOptions[] = [];
    for (const [index, script] of scripts.entries()) {
      const path = join(directory, `${index}.hook.binary`);
      // Never the same twice: a result that is reused tells nothing.
      await writeFile(path, `${script}\n# ${randomUUID()}\n`, { mode: 0o644 });
      const source: BinaryHookOptions = {
        ...{
          tools,
          layOut,
          listings,
          stem: 'mine-amd64',
          layers: [chroot],
          before: [...hooks],
          imageType: 'iso',
          parts,
          path,
        },
        ...{ epoch, name: `normal/${index}.hook.binary`, environment: { LB_ARCHITECTURE: 'amd64' }, proxy: {} },
        config: { path: config, digest: async () => (await digestTree(config)).digest },
        beside: async () => [{ name: 'cmdline.sh', path: join(directory, 'cmdline.sh'), digest: async () => 'd' }],
      };
      sources.push(source);
      hooks.push(binaryHookStep(source));
    }
    const { resultOf, notes } = await scene.run(hooks);
    const inputs = (await hooks.at(-1)?.inputs(resultOf)) as BinaryHookInputs;
    const layers = [medium, ...hooks.map((hook) => resultOf(hook))];
    const merged = join(directory, 'merged');
    await mkdir(merged);
    await writeMerged(scene.store, layers, merged);
    return {
      layers,
      merged,
      notes,
      inputs,
      source: sources.at(-1)!,
      tools: await scene.store.treePath(resultOf(tools)),
    };
  }

  const medium = { 'live/filesystem.squashfs': 's', 'isolinux/isolinux.cfg': 'timeout 0\n', 'boot/grub/a': 'a' };

  test('edit the medium with the tools tree, in binary/, and see config/, chroot/ and what they name', async () => {
    const first = `#!/bin/bash
      set -eu
      sed -i 's/timeout 0/timeout 30/' isolinux/isolinux.cfg
      . ../cmdline.sh; . ../config/common
      { pwd; echo "$0 $LB_ARCHITECTURE $SOURCE_DATE_EPOCH $HOME $WORDS $LB_APT"; cat ../chroot/etc/name; cat ../chroot.packages.live ../mine-amd64.packages; } >stamp
      rm -r boot/grub; mkdir boot/grub; echo b >boot/grub/b; chmod 755 stamp; ln -s stamp link; ln stamp twin
      chroot_has() { [ -e ../chroot/etc/name ]; }; chroot_has; echo lost >../chroot/etc/name`;
    const second = 'cat stamp >second; python3 -c "print(1)" >>second; rm twin';
    const { merged, layers, notes, tools: toolsPath } = await runHooks([first, second], medium);
    const stamp = await readFile(join(merged, 'stamp'), 'utf8');
    expect(stamp).toBe(
      `/build/binary\n../config/hooks/normal/0.hook.binary amd64 ${epochSeconds} /root a b apt\ntarget\nlist\nbash\t5\n`,
    );
    expect(await readFile(join(merged, 'second'), 'utf8')).toBe(`${stamp}1\n`);
    expect(await readFile(join(merged, 'isolinux/isolinux.cfg'), 'utf8')).toBe('timeout 30\n');
    expect(notes).toEqual([]);
    // The judge: overlayfs itself shows what was merged by hand.
    const list = ['-mindepth', '1', '-printf', '%P %y %m %U:%G %T@ %s %l\n'];
    const { stdout } = await createSandbox(toolsPath).runTool({
      argv: ['find', '/target', ...list],
      overlays: [{ lower: await Promise.all(layers.map((layer) => scene.store.treePath(layer))), target: '/target' }],
    });
    const lines = (text: string) => text.trim().split('\n').map(withoutSizesOfDirectories).sort();
    expect(lines(execFileSync('find', [merged, ...list], { encoding: 'utf8' }))).toEqual(lines(stdout));
  });

  test('`passwd -l root` locks nobody, and what is written elsewhere is told', async () => {
    const shadow = await readFile('/etc/shadow', 'utf8');
    const { layers, notes } = await runHooks(
      ['passwd -l root\ngrep -q "^root:!" /etc/shadow\necho x >../lost'],
      medium,
    );
    expect(await readFile('/etc/shadow', 'utf8')).toBe(shadow);
    expect(notes).toEqual([expect.stringMatching(/^It wrote \.\.\/lost and \d more outside the medium/)]);
    // It changed nothing, and so is the same as any other hook that does so.
    expect(layers[1]).toEqual((await runHooks(['true'], medium)).layers[1]);
  });

  test('one that fails is named, with how to enter', async () => {
    await expect(runHooks(['echo no; exit 3'], medium)).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      place: { path: 'config/hooks/normal/0.hook.binary' },
      data: {
        exitCode: 3,
        tail: expect.arrayContaining(['no']),
        replay: 'lb shell hook:iso:normal/0.hook.binary -- ../config/hooks/normal/0.hook.binary',
      },
    });
  });

  test('a shell finds the medium as the hook found it, and leaves nothing', async () => {
    const { inputs, source } = await runHooks(['echo 1 >first', 'test -e first; echo 2 >second'], medium);
    const enter = (script: string) =>
      scene.store.withStaging((scratch) => {
        const { signal } = new AbortController();
        return enterMedium({ store: scene.store, scratch, inputs, source, argv: ['sh', '-ec', script], signal });
      });
    await enter('test -e first; test ! -e second; test "$LB_ARCHITECTURE" = amd64; rm first');
    await enter('test -e first; test ! -e second; test -x ../config/hooks/normal/1.hook.binary');
    await expect(enter('exit 7')).rejects.toMatchObject({ code: 'PROGRAM_FAILED', data: { exitCode: 7 } });
  });

  const scripts = {
    edits: 'sed -i s/0/30/ isolinux/isolinux.cfg',
    sources: '. ../config/common; echo "$LB_APT" >apt',
    asks: 'if [ -e ../config/extra ]; then echo x >extra; fi; [ -s ../config/common ]',
    lists: 'ls ../config >names',
    finds: 'find . -name "*.cfg" >found',
    reads: 'cat ../chroot/etc/name >name; wc -l <../chroot.files >lines',
    links: 'ln -s ../config/common common; cat common >copy',
    detour: 'ln -s /build/config /tmp/c; if [ -e /tmp/c/extra ]; then echo x >extra; fi',
    enters: 'chroot ../chroot /none || true; echo x >x',
  };
  type Edit = 'medium' | 'medium name' | 'config' | 'config name' | 'chroot' | 'list';

  test.each<[keyof typeof scripts, readonly Edit[] | 'unknown']>([
    ['edits', ['medium']],
    ['sources', ['config']],
    ['asks', ['config', 'config name']],
    ['lists', ['config name']],
    ['finds', ['medium name']],
    ['reads', ['chroot', 'list']],
    ['links', ['config']],
    ['detour', 'unknown'],
    ['enters', 'unknown'],
  ])('what %s something is done again only for: %s', async (name, concerned) => {
    const { inputs, source } = await runHooks([scripts[name]], medium);
    const config = source.config.path;
    const { signal } = new AbortController();
    const run = (changed: BinaryHookInputs) =>
      executeStep(binaryHookStep(source), changed, { store: scene.store, signal });
    const { result, seen } = await run(inputs);
    // Somebody edited the tree meanwhile: what it looked like to the hook cannot be told any more.
    expect((await run({ ...inputs, config: 'before the edit' })).seen).toBeUndefined();
    if (concerned === 'unknown') return expect(seen).toBeUndefined();
    const witness = mediumWitness(source.config);
    const other = async (files: Readonly<Record<string, string>>) => [await scene.treeOf(files)];
    const edit = async (file: string, text: string) => {
      await writeFile(join(config, file), text);
      return {};
    };
    const edits: Readonly<Record<Edit, () => Promise<Partial<BinaryHookInputs>>>> = {
      medium: async () => ({ medium: await other({ ...medium, 'isolinux/isolinux.cfg': 'timeout 50\n' }) }),
      'medium name': async () => ({ medium: await other({ ...medium, 'new.cfg': '' }) }),
      config: () => edit('common', 'LB_APT="aptitude"\n'),
      'config name': () => edit('extra', ''),
      chroot: async () => ({ chroot: await other({ 'etc/name': 'other\n' }) }),
      list: async () => ({ lists: { ...inputs.lists, 'chroot.files': await scene.store.putBytes('a\nb\n') } }),
    };
    for (const [what, change] of Object.entries(edits)) {
      const changed = { ...inputs, ...(await change()) };
      expect(witness.fixed(changed)).toEqual(witness.fixed(inputs));
      const difference = await witness.difference(changed, seen!, scene.store);
      expect([what, difference !== undefined]).toEqual([what, concerned.includes(what as Edit)]);
      // The point of it: where nothing that was looked at has changed, running it again makes the same layer.
      if (difference === undefined) expect((await run(changed)).result).toEqual(result);
      await writeFile(join(config, 'common'), 'LB_APT="apt"\n');
      await rm(join(config, 'extra'), { force: true });
      expect(await witness.difference(inputs, seen!, scene.store)).toBeUndefined();
    }
  });

  test('on a netboot medium both of its directories can be changed', async () => {
    const parts = [
      { name: 'binary', path: 'debian-live' },
      { name: 'tftpboot', path: 'tftpboot' },
    ];
    const files = { 'debian-live/live/a': 'a', 'tftpboot/grub.cfg': 'x\n' };
    const { merged } = await runHooks(['echo b >live/b; rm live/a; echo y >>../tftpboot/grub.cfg'], files, parts);
    expect(
      execFileSync('find', ['.', '-type', 'f'], { cwd: merged, encoding: 'utf8' }).trim().split('\n').sort(),
    ).toEqual(['./debian-live/live/b', './tftpboot/grub.cfg']);
    expect(await readFile(join(merged, 'tftpboot/grub.cfg'), 'utf8')).toBe('x\ny\n');
  });
});

/** Whatever the file system says. */
function withoutSizesOfDirectories(line: string): string {
  return line.replace(/^(.* d \S+ \S+ \S+) \d+/, '$1');
}
