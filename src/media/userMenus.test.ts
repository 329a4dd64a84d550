import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { bootMenu, nameKernels } from './bootMenu.ts';
import { layOutGrubMenu } from './grubFiles.ts';
import type { MediumSettings } from './settings.ts';
import { defaultSettings, kernelSource, testEpochSeconds } from './testSettings.ts';
import type { MediaTools } from './tools.ts';

/** Lays out the GRUB menu with these files in config/bootloaders/grub-pc; gives the names and a way to read. */
async function layOut(own: Readonly<Record<string, string>>, changes: Partial<MediumSettings>) {
  const root = await tempDirectory();
  const directory = join(root, 'medium');
  const userBootloaders = join(root, 'bootloaders');
  await mkdir(join(directory, 'boot/grub'), { recursive: true });
  await mkdir(join(userBootloaders, 'grub-pc'), { recursive: true });
  for (const [name, text] of Object.entries(own)) await writeFile(join(userBootloaders, 'grub-pc', name), text);
  const settings = { ...defaultSettings, ...changes };
  const menu = bootMenu(nameKernels([kernelSource('6.12.30+deb13-amd64', 'amd64')], settings), settings);
  const tools = { tree: root } as MediaTools;
  const epochSeconds = testEpochSeconds;
  await layOutGrubMenu({
    directory,
    menu,
    settings,
    packagesText: '',
    userBootloaders,
    tools,
    scratch: root,
    epochSeconds,
  });
  const grub = join(directory, 'boot/grub');
  const names = (await readdir(grub)).filter((name) => /^(install|memtest)/.test(name)).sort();
  return { names, read: (name: string) => readFile(join(grub, name), 'utf8') };
}

// A copy of live-build's set, as real trees have it.
const copy = {
  'install_gui.cfg': 'linux @KERNEL_GI@ @APPEND_GI@\n',
  'install_start_gui.cfg': 'initrd @INITRD_GI@\n',
  'install_text.cfg': 'linux @KERNEL_DI@ @APPEND_DI@\n',
  'install_start_text.cfg': 'initrd @INITRD_DI@\n',
  'memtest.cfg': 'linux @MEMTEST_BIN@ mine\n',
};

test.each<[boolean, string, string]>([
  [true, 'linux /install/gtk/vmlinuz vga=788  --- quiet\n', 'initrd /install/gtk/initrd.gz\n'],
  [false, 'linux /install/vmlinuz vga=normal  --- quiet\n', 'initrd /install/initrd.gz\n'],
])('a user’s menus of the installer take the place of ours; with a graphical one: %s', async (gui, install, start) => {
  const { names, read } = await layOut(copy, { installer: { type: 'netinst', gui }, memtest: true });
  expect(names).toEqual(['install.cfg', 'install_start.cfg', 'memtest.cfg']);
  expect(await read('install.cfg')).toBe(install);
  expect(await read('install_start.cfg')).toBe(start);
  expect(await read('memtest.cfg')).toBe('linux /live/memtest.bin mine\n');
});

test('without installer and memory test none of them is there', async () => {
  expect((await layOut(copy, {})).names).toEqual([]);
});

test('where the user has none, or an old install.cfg, the menus are ours', async () => {
  const { names, read } = await layOut(
    { 'install.cfg': 'old\n' },
    { installer: { type: 'netinst', gui: true }, memtest: true },
  );
  expect(names).toEqual(['install.cfg', 'install_start.cfg', 'memtest.cfg']);
  expect(await read('install.cfg')).toContain('priority=low');
  expect(await read('memtest.cfg')).toContain('/live/memtest.bin');
});
