import { join } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import { efiImagePath } from '../efi.ts';
import { isFile } from '../tools.ts';
import { type BuildHddOptions, syslinuxDirectory } from './types.ts';

/** Refuses a medium without the files that its boot loaders look for: a binary hook may have removed them. */
export async function requireLoaders({ directory, settings }: BuildHddOptions): Promise<void> {
  const { biosLoader, efiLoader, filesystem } = settings;
  if (biosLoader === 'grub-pc') await requireOne(directory, ['boot/grub/i386-pc/normal.mod'], 'on a BIOS');
  if (efiLoader === 'grub-efi') await requireOne(directory, [efiImagePath], 'by UEFI');
  if (biosLoader !== 'syslinux') return;
  const own = syslinuxDirectory(filesystem);
  const names = own === 'syslinux' ? ['syslinux.cfg'] : ['extlinux.conf', 'syslinux.cfg'];
  const menus = names.map((name) => `${own}/${name}`);
  await requireOne(directory, menus, 'on a BIOS');
}

async function requireOne(directory: string, paths: readonly string[], where: string): Promise<void> {
  for (const path of paths) if (await isFile(join(directory, path))) return;
  throw new LivewrightError('CONFIG_MISSING', {
    message: `The medium has no ${paths.join(' or ')}, without which it does not start ${where}.`,
    hint: 'See whether a binary hook or config/includes.binary removes it.',
    data: { paths },
  });
}
