import { cp, link, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { layOutBiosGrub } from '../../src/media/biosGrub.ts';
import { mediumMark } from '../../src/media/diskInfo.ts';
import { layOutEfi } from '../../src/media/efi.ts';
import { type HddSettings, syslinuxDirectory } from '../../src/media/hdd/types.ts';
import { testEpochSeconds } from '../../src/media/testSettings.ts';
import type { MediaTools } from '../../src/media/tools.ts';

export const diskUuid = '01234567-89ab-8cde-8f01-23456789abcd';

export interface SmallMedium {
  readonly directory: string;
  readonly scratch: string;
  readonly settings: HddSettings;
  /** Default: signed loaders. */
  readonly secureBoot?: 'auto' | 'disable';
}

/** What the loaders say on the serial line, and the menu they show there. */
export const menuTitle = 'Menu of the test medium';

/** A medium of some MB with real boot loaders and without a system: they get as far as their menu. */
export async function makeSmallMedium(tools: MediaTools, medium: SmallMedium): Promise<void> {
  const { directory } = medium;
  const squashfs = Buffer.alloc(3 * 1024 * 1024 + 17);
  for (let at = 0; at < squashfs.length - 4; at += 4) squashfs.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  const files: Readonly<Record<string, string | Buffer>> = {
    'live/vmlinuz-6.12.30-amd64': 'kernel'.repeat(100_000),
    'live/filesystem.squashfs': squashfs,
    'live/empty': '',
    'live/zeros': Buffer.alloc(100_000),
    'README with a long Name.html': '<p>',
    '.disk/info': 'Debian GNU/Linux 13 "Trixie" - Snapshot amd64 LIVE Binary 20250505-12:00\n',
    [mediumMark(diskUuid)]: '',
    'boot/grub/grub.cfg': grubMenu,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  await link(join(directory, 'live/vmlinuz-6.12.30-amd64'), join(directory, 'live/vmlinuz'));
  await symlink('../live/vmlinuz', join(directory, 'boot/linux'));
  await symlink('.', join(directory, 'debian'));
  // As of another day than the epoch: later, as files of the store are, and long before.
  await utimes(join(directory, 'live/filesystem.squashfs'), new Date(), new Date());
  await utimes(join(directory, 'live/empty'), 1000, 2000);
  await addLoaders(tools, medium);
}

async function addLoaders(tools: MediaTools, medium: SmallMedium): Promise<void> {
  const { directory, scratch, settings, secureBoot = 'auto' } = medium;
  const common = { directory, scratch, mark: mediumMark(diskUuid), epochSeconds: testEpochSeconds };
  if (settings.biosLoader === 'syslinux') await addSyslinux(tools, directory, settings);
  if (settings.biosLoader === 'grub-pc') await layOutBiosGrub(tools, { ...common, settings: { imageType: 'hdd' } });
  if (settings.efiLoader === 'none') return;
  await layOutEfi(tools, { ...common, settings: { architecture: 'amd64', secureBoot } });
}

async function addSyslinux(tools: MediaTools, directory: string, settings: HddSettings): Promise<void> {
  const own = syslinuxDirectory(settings.filesystem);
  const target = join(directory, own);
  await mkdir(target, { recursive: true });
  const modules = join(tools.tree, 'usr/lib/syslinux/modules/bios');
  const wanted = new Set(['menu.c32', 'libutil.c32', 'libcom32.c32', 'ldlinux.c32']);
  for (const name of (await readdir(modules)).filter((file) => wanted.has(file))) {
    await cp(join(modules, name), join(target, name));
  }
  await writeFile(join(target, own === 'syslinux' ? 'syslinux.cfg' : 'extlinux.conf'), syslinuxMenu);
}

const syslinuxMenu = `serial 0 115200
ui menu.c32
menu title ${menuTitle}
label first
	menu label First entry
	linux /live/vmlinuz
`;

const grubMenu = `serial --unit=0 --speed=115200
terminal_output serial
set pager=0
regexp --set=1:found "(Trixie)" Trixie
menuentry "First entry of $found: ${menuTitle}" { linux /live/vmlinuz }
`;
