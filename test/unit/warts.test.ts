// Ways of live-build that look like accidents and that public trees depend on, each by name. The rules by which includes are
// copied need rsync and a root: test/e2e/hooks-and-includes.test.ts.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runConfigCommand } from '../../src/config/command.ts';
import { findHooks } from '../../src/config/hooks.ts';
import { makeTree } from '../../src/config/tree.testing.ts';
import { createDownloader } from '../../src/debian/http.ts';
import { executeStep } from '../../src/engine/execute.ts';
import { defineStep } from '../../src/engine/step.ts';
import { bootMenu, nameKernels } from '../../src/media/bootMenu.ts';
import { fillGrubTemplate } from '../../src/media/grubPlaceholders.ts';
import { defaultSettings, kernelSource } from '../../src/media/testSettings.ts';
import { firmwareStep } from '../../src/steps/firmware.ts';
import type { IndexResult } from '../../src/steps/indexResult.ts';
import { openStore } from '../../src/store/local.ts';
import { tempDirectory } from '../helpers/tempDirectory.ts';

const hooksOf = async (...names: string[]) => {
  const directory = await makeTree(Object.fromEntries(names.map((name) => [`config/hooks/${name}`, '#!/bin/sh\n'])));
  return (await findHooks(directory)).hooks.map(({ name }) => name);
};

test('hook order: by bytes and not by number, capitals first, all of normal before all of live', async () => {
  expect(
    await hooksOf(
      'live/0000.chroot',
      'normal/1010-b.chroot',
      'normal/100000-a.chroot',
      'normal/a.chroot',
      'normal/B.chroot',
    ),
  ).toEqual([
    'normal/100000-a.chroot',
    'normal/1010-b.chroot',
    'normal/B.chroot',
    'normal/a.chroot',
    'live/0000.chroot',
  ]);
});

test('.chroot rule: a hook is what ends in .chroot, whatever stands before it, and nothing else', async () => {
  const hooks = ['normal/a.chroot', 'normal/b.hook.chroot', 'normal/c.hooks.chroot', 'normal/d.settings.chroot'];
  const others = [
    'normal/e.hook',
    'normal/f.hool',
    'normal/g.hook.chroot-disabled',
    'normal/h.hook.chroot.sh',
    'i.chroot',
  ];
  expect(await hooksOf(...hooks, ...others)).toEqual(hooks);
});

test('live.list.chroot: kept as it is if it exists, empty too, and written anew if it was removed', async () => {
  const path = 'config/package-lists/live.list.chroot';
  for (const text of ['live-boot\n', '']) {
    const directory = await makeTree({ [path]: text });
    await configure(directory, '-d', 'trixie');
    expect(await readFile(join(directory, path), 'utf8')).toBe(text);
    await rm(join(directory, path));
    await configure(directory);
    expect(await readFile(join(directory, path), 'utf8')).toContain('live-config\n');
  }
});

const configure = (directory: string, ...argv: string[]) =>
  runConfigCommand({ directory, argv, env: {}, stdout: () => {} });

test('placeholders: with and without @, the first of a name on a line, double slashes and blanks at ends gone', () => {
  const menu = bootMenu(nameKernels([kernelSource('6.1.0-37-amd64', 'amd64')], defaultSettings), defaultSettings);
  const fill = (text: string) => fillGrubTemplate(text, menu, defaultSettings);
  expect(fill('linux /KERNEL_LIVE APPEND_LIVE \n')).toBe(
    `linux /live/vmlinuz-6.1.0-37-amd64 boot=live components quiet splash findiso=\${iso_path}\n`,
  );
  expect(fill('KERNEL_LIVE KERNEL_LIVE')).toBe('/live/vmlinuz-6.1.0-37-amd64 KERNEL_LIVE');
  // Of a name in another, live-build replaces the inner one first, which leaves the rest of the outer one standing.
  expect(fill('LB_BOOTAPPEND_LIVE_FAILSAFE')).toBe(defaultSettings.bootAppendLiveFailsafe);
  expect(fill('LINUX_LIVE')).toContain('menuentry "Live system (amd64)"');
});

test('automatic firmware: what the archive says has files below lib/firmware or usr/lib/firmware, with none on a list', async () => {
  const directory = await tempDirectory();
  const store = await openStore(join(directory, 'store'));
  const contents = [
    'usr/lib/firmware/a.bin            non-free-firmware/kernel/firmware-a,non-free-firmware/kernel/firmware-b',
    'lib/firmware/old.bin              firmware-old',
    'usr/lib/firmware/nvidia/gsp.bin   non-free-firmware/kernel/firmware-nvidia-gsp',
    'usr/share/doc/usr/lib/firmware/x  doc/no-firmware',
  ];
  const bytes = gzipSync(`${contents.join('\n')}\n`);
  const blob = await store.putBytes(bytes);
  const index = defineStep<null, IndexResult>({
    ...{ name: 'index', title: 'index', version: 1, needs: [], inputs: () => null },
    run: () => Promise.reject(new Error('it is not asked for')),
  });
  const step = firmwareStep({ index, downloader: createDownloader(), architecture: 'amd64' });
  const file = { url: `file://${await store.blobPath(blob)}`, sha256: blob.blob, sizeBytes: bytes.length };
  const inputs = { architecture: 'amd64', contents: [file] };
  const { result } = await executeStep(step, inputs as never, { store, signal: new AbortController().signal });
  expect(result).toMatchObject({ names: ['firmware-a', 'firmware-b', 'firmware-old'] });
  await store.close();
});
