// Binary hooks on a fabricated medium, with the real tools tree and overlayfs. Needs root.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHostFacts } from '../../src/config/hostFacts.ts';
import { runGraph } from '../../src/engine/run.ts';
import { defineStep, type Step } from '../../src/engine/step.ts';
import type { LivewrightEvent } from '../../src/events/events.ts';
import { archiveAccess } from '../../src/plan/prepare.ts';
import { writeMerged } from '../../src/rootfs/merge.ts';
import { sealLayer } from '../../src/rootfs/seal.ts';
import { createSandbox } from '../../src/sandbox/run.ts';
import { binaryHookStep } from '../../src/steps/binaryHook.ts';
import type { Part } from '../../src/steps/binaryHookWorld.ts';
import { toolsSteps } from '../../src/steps/tools.ts';
import { type LocalStore, openStore } from '../../src/store/local.ts';
import type { Json, TreeRef } from '../../src/store/types.ts';
import { runDirectory, sharedStore } from '../helpers/lb.ts';
import { isRoot } from '../helpers/user.ts';

const epochSeconds = 1_700_000_000;
const wholeMedium: readonly Part[] = [{ name: 'binary', path: '' }];

describe.runIf(isRoot)('binary hooks', () => {
  let store: LocalStore;
  let tools: Step<TreeRef>;
  let base: string;

  beforeAll(async () => {
    store = await openStore(process.env['LIVEWRIGHT_STORE'] ?? sharedStore());
    base = await mkdtemp(runDirectory('binary-hooks-'));
    const { mirrors } = await readHostFacts({ directory: base, env: process.env });
    tools = toolsSteps({ mirror: mirrors.main, ...archiveAccess(process.env) })('hooks');
  });
  afterAll(() => store.close());

  const fixed = <R extends Json>(name: string, result: R): Step<R> =>
    defineStep({ name, title: name, version: 1, needs: [], inputs: () => result, run: async () => result });

  async function treeOf(files: Readonly<Record<string, string>>): Promise<TreeRef> {
    return store.withStaging(async (scratch) => {
      const directory = join(scratch, 'tree');
      await write(directory, files);
      return store.putTree(directory, await sealLayer({ directory, epochSeconds }));
    });
  }

  async function write(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
  }

  /** Runs the hooks on the medium and returns its trees, the lowest first, and what the user was told. */
  async function runHooks(scripts: readonly string[], files: Readonly<Record<string, string>>, parts = wholeMedium) {
    const directory = await mkdtemp(join(base, 'build-'));
    await write(directory, { 'config/common': 'LB_APT="apt"\n', 'cmdline.sh': 'WORDS="a b"\n' });
    const medium = await treeOf(files);
    const layOut = fixed('lay-out', { directory: medium, packages: { blob: '', sizeBytes: 0 }, secureBoot: false });
    const chroot = fixed('layer', await treeOf({ 'etc/name': 'target\n' }));
    const hooks: Step<TreeRef>[] = [];
    for (const [index, script] of scripts.entries()) {
      const path = join(directory, `${index}.hook.binary`);
      await writeFile(path, script, { mode: 0o644 });
      const step = binaryHookStep({
        ...{ tools, layOut: layOut as never, layers: [chroot], before: [...hooks], imageType: 'iso', parts, path },
        ...{ epoch: { needs: [], secondsOf: () => epochSeconds }, name: `normal/${index}.hook.binary` },
        environment: { LB_ARCHITECTURE: 'amd64' },
        config: { path: join(directory, 'config'), digest: async () => 'c' },
        beside: async () => [{ name: 'cmdline.sh', path: join(directory, 'cmdline.sh'), digest: async () => 'd' }],
        proxy: {},
      });
      hooks.push(step);
    }
    const notes: string[] = [];
    const emit = (event: LivewrightEvent): void => void (event.type === 'step-note' && notes.push(event.message));
    const { resultOf } = await runGraph({ targets: hooks, store, events: { emit } });
    const layers = [medium, ...hooks.map((hook) => resultOf(hook))];
    const merged = join(directory, 'merged');
    await mkdir(merged);
    await writeMerged(store, layers, merged);
    return { layers, merged, notes, tools: await store.treePath(resultOf(tools)) };
  }

  const medium = { 'live/filesystem.squashfs': 's', 'isolinux/isolinux.cfg': 'timeout 0\n', 'boot/grub/a': 'a' };

  test('edit the medium with the tools tree, in binary/, and see config/, chroot/ and what they name', async () => {
    const first = `#!/bin/bash
      set -eu
      sed -i 's/timeout 0/timeout 30/' isolinux/isolinux.cfg
      . ../cmdline.sh; . ../config/common
      { pwd; echo "$0 $LB_ARCHITECTURE $SOURCE_DATE_EPOCH $HOME $WORDS $LB_APT"; cat ../chroot/etc/name; } >stamp
      rm -r boot/grub; mkdir boot/grub; echo b >boot/grub/b; chmod 755 stamp; ln -s stamp link; ln stamp twin
      chroot_has() { [ -e ../chroot/etc/name ]; }; chroot_has; echo lost >../chroot/etc/name`;
    const second = 'cat stamp >second; python3 -c "print(1)" >>second; rm twin';
    const { merged, layers, notes, tools: toolsPath } = await runHooks([first, second], medium);
    const stamp = await readFile(join(merged, 'stamp'), 'utf8');
    expect(stamp).toBe(
      `/build/binary\n../config/hooks/normal/0.hook.binary amd64 ${epochSeconds} /root a b apt\ntarget\n`,
    );
    expect(await readFile(join(merged, 'second'), 'utf8')).toBe(`${stamp}1\n`);
    expect(await readFile(join(merged, 'isolinux/isolinux.cfg'), 'utf8')).toBe('timeout 30\n');
    expect(notes).toEqual([]);
    // The judge: overlayfs itself shows what was merged by hand.
    const list = ['-mindepth', '1', '-printf', '%P %y %m %U:%G %T@ %s %l\n'];
    const { stdout } = await createSandbox(toolsPath).runTool({
      argv: ['find', '/target', ...list],
      overlays: [{ lower: await Promise.all(layers.map((layer) => store.treePath(layer))), target: '/target' }],
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
