import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { placeCopy } from '../rootfs/place.ts';
import { type MediaTools, toolFile } from './tools.ts';

/**
 * The modules inside Debian's signed `gcd*.efi` that a boot menu may want (read from 2.06 and 2.12 of amd64). Our own
 * unsigned image gets the same, so that a menu works with either, and the medium need not carry them again.
 */
export const builtInModules: readonly string[] = (
  'all_video boot btrfs cat chain configfile cpuid echo efifwsetup efinet ext2 f2fs fat font gettext gfxmenu gfxterm ' +
  'gfxterm_background gzio halt help hfsplus iso9660 jpeg keystatus linux loadenv loopback ls lsefi lsefimmap ' +
  'lsefisystab lssal memdisk minicmd normal part_apple part_gpt part_msdos password_pbkdf2 play png probe reboot regexp ' +
  'search search_fs_file search_fs_uuid search_label serial sleep smbios squash4 terminal test tpm true video xfs'
).split(' ');

/** Modules for development, for other firmware's quirks, or of file systems no medium has. */
const unwanted =
  /(_test|^functional_test|^(adler32|affs|afs|bfs|cbfs|cbtime|cpio_be|exfctest|gdb|hello|jfs|legacy.*|minix.*|nilfs2|odc|reiserfs|romfs|sfs|ufs.*|zfs.*))$/;

/** Those of `names` that GRUB has on the platform: `cpuid` and `play`, for one, are a PC's. */
export async function presentModules(tools: MediaTools, platform: string, names: readonly string[]): Promise<string[]> {
  const files = new Set(await orIfAbsent(readdir(toolFile(tools, `usr/lib/grub/${platform}`)), []));
  return names.filter((name) => files.has(`${name}.mod`));
}

/** Copies GRUB's modules and their lists to `boot/grub/PLATFORM`, as far as a user's own menu may need them. */
export async function copyGrubModules(tools: MediaTools, platform: string, directory: string): Promise<void> {
  const source = toolFile(tools, `usr/lib/grub/${platform}`);
  const builtIn = new Set(platform.endsWith('-efi') ? builtInModules : []);
  const names = await orIfAbsent(readdir(source), []);
  for (const name of names.sort()) {
    const module = /^(.*)\.mod$/.exec(name)?.[1];
    const isWanted = module === undefined ? name.endsWith('.lst') : !builtIn.has(module) && !unwanted.test(module);
    if (isWanted) await placeCopy(join(source, name), join(directory, 'boot/grub', platform, name));
  }
}
