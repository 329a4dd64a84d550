import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { bootMenu, nameKernels } from './bootMenu.ts';
import type { MediumSettings } from './settings.ts';
import { layOutSyslinux } from './syslinuxFiles.ts';
import { defaultSettings, kernelSource, testEpochSeconds } from './testSettings.ts';
import type { MediaTools } from './tools.ts';

const modules = ['ldlinux', 'libcom32', 'libutil', 'libmenu', 'libgpl', 'vesamenu', 'hdt', 'reboot', 'poweroff'];
const loaders = [
  'usr/lib/ISOLINUX/isolinux.bin',
  ...modules.map((name) => `usr/lib/syslinux/modules/bios/${name}.c32`),
];

/** Lays out isolinux with these files below config/bootloaders; gives the names and a way to read. */
async function layOut(own: Readonly<Record<string, string>>, changes: Partial<MediumSettings> = {}) {
  const root = await tempDirectory();
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  for (const path of loaders) await write(`tools/${path}`, '');
  for (const [path, text] of Object.entries(own)) await write(`bootloaders/${path}`, text);
  const settings = { ...defaultSettings, ...changes };
  const menu = bootMenu(nameKernels([kernelSource('6.12.30-amd64', 'amd64')], settings), settings);
  const directory = join(root, 'medium');
  await layOutSyslinux({
    ...{ directory, menu, settings, packagesText: '', userBootloaders: join(root, 'bootloaders'), scratch: root },
    ...{ tools: { tree: join(root, 'tools') } as MediaTools, epochSeconds: testEpochSeconds },
  });
  const place = join(directory, 'isolinux');
  return {
    names: (await readdir(place)).filter((name) => name.endsWith('.cfg')).sort(),
    read: (name: string) => readFile(join(place, name), 'utf8'),
  };
}

const labels = (text: string) => [...text.matchAll(/^label (\S+)/gm)].map(([, name]) => name);

test('a finished live.cfg of the user’s has the entries behind its own, as live-build adds them', async () => {
  const stock = labels(await (await layOut({})).read('live.cfg'));
  expect(stock).toEqual(['live-amd64', 'live-amd64-failsafe']);
  const { read } = await layOut({ 'isolinux/live.cfg': 'label mine\n\tappend @APPEND_LIVE@' });
  expect(labels(await read('live.cfg'))).toEqual(['mine', ...stock]);
  expect(await read('live.cfg')).toContain(`append ${defaultSettings.bootAppendLive}\nlabel live-amd64\n`);
});

test('a template of the user’s takes the place of our entries, behind a finished live.cfg too', async () => {
  const template = { 'isolinux/live.cfg.in': 'label own-@FLAVOUR@\n\tlinux @LINUX@\n' };
  const { names, read } = await layOut({ ...template, 'syslinux_common/live.cfg': 'label mine\n' });
  expect(await read('live.cfg')).toBe('label mine\nlabel own-amd64\n\tlinux /live/vmlinuz\n');
  expect(names).not.toContain('live.cfg.in');
});

test('files of the loader count more than those for all of the family, and advanced.cfg is utilities.cfg', async () => {
  const { names, read } = await layOut({
    'syslinux_common/menu.cfg': 'common\n',
    'isolinux/menu.cfg': 'isolinux\n',
    'isolinux/advanced.cfg': 'old\n',
    'syslinux/menu.cfg': 'another\n',
  });
  expect(await read('menu.cfg')).toBe('isolinux\n');
  expect(await read('utilities.cfg')).toBe('old\n');
  expect(names).not.toContain('advanced.cfg');
});

test('an old install.cfg gives way to the menu of today, a copy of install_gui.cfg is that menu, and without an installer there is none', async () => {
  const installer = { type: 'netinst', gui: true } as const;
  const old = { 'isolinux/install.cfg': 'old\n' };
  expect(await (await layOut(old, { installer })).read('install.cfg')).toContain('label install');
  const copy = {
    ...old,
    'isolinux/install_gui.cfg': 'linux @KERNEL_GI@ @INITRD_GI@\n',
    'isolinux/install_text.cfg': '',
  };
  const { names, read } = await layOut(copy, { installer });
  expect(await read('install.cfg')).toBe('linux /install/gtk/vmlinuz /install/gtk/initrd.gz\n');
  expect(names.filter((name) => name.startsWith('install'))).toEqual(['install.cfg']);
  expect((await layOut(old)).names).not.toContain('install.cfg');
});

test('memtest.cfg is there where there is a memory test', async () => {
  const own = { 'isolinux/memtest.cfg': 'linux @MEMTEST@ # @MEMTEST_VERSION@\n' };
  expect(await (await layOut(own, { memtest: true })).read('memtest.cfg')).toBe(
    'linux /live/memtest.bin # memtest86+\n',
  );
  expect((await layOut(own)).names).not.toContain('memtest.cfg');
});
