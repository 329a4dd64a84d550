import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mediumMark } from '../diskInfo.ts';
import { embeddedGrubConfig, mkimageArgv } from '../efi.ts';
import { type MediaTools, runTool, toolFile } from '../tools.ts';
import { bootCodeBytes, writeAt, writeBootCode } from './bootCode.ts';
import { type BuildHddOptions, type Extent, type HddFileSystem, sectorBytes } from './types.ts';

const platform = 'i386-pc';

/** Enough to find the medium and to read its menu; the rest is loaded from it. */
const coreModules = 'biosdisk part_gpt part_msdos search search_fs_file configfile normal test minicmd'.split(' ');

const fileSystemModules: Readonly<Record<HddFileSystem, string>> = {
  fat16: 'fat',
  fat32: 'fat',
  ext2: 'ext2',
  ext3: 'ext2',
  ext4: 'ext2',
  btrfs: 'btrfs',
  ntfs: 'ntfs',
};

/**
 * Puts GRUB for BIOS on a disk: its core image in the BIOS boot partition, its boot code before the partition table.
 * GRUB's own grub-bios-setup asks the kernel about the disk, and this is a file; but there is little to it.
 *
 * The boot code (boot.img) loads one sector, the core image's first (diskboot.img), which loads the others:
 *
 * ```
 * boot.img     0x5c u64 first sector of the core image    0x66 two bytes: nop, nop on a hard disk, for BIOSes that
 *                                                              pass another drive's number than the one they started
 * diskboot.img 0x1f4 u64 the core image's second sector   0x1fc u16 how many more   0x1fe u16 where in memory
 * ```
 * grub-mkimage has written the last two. Source: GRUB's include/grub/i386/pc/boot.h and offsets.h.
 */
export async function installGrub(tools: MediaTools, options: BuildHddOptions, place: Extent): Promise<void> {
  const core = await makeCore(tools, options);
  if (core.length > place.sectors * sectorBytes) throw new Error(`GRUB's core image has ${core.length} bytes`);
  core.writeBigUInt64LE(BigInt(place.startSector + 1), 0x1f4);
  await writeAt(options.output, [[place.startSector * sectorBytes, core]]);
  const code = (await readFile(toolFile(tools, `usr/lib/grub/${platform}/boot.img`))).subarray(0, bootCodeBytes);
  code.writeBigUInt64LE(BigInt(place.startSector), 0x5c);
  code.writeUInt16LE(0x9090, 0x66);
  await writeBootCode(options.output, code);
}

async function makeCore(tools: MediaTools, { scratch, uuid, settings, epochSeconds }: BuildHddOptions) {
  const config = join(scratch, 'grub-early-disk.cfg');
  const output = join(scratch, 'core.img');
  await writeFile(config, embeddedGrubConfig(mediumMark(uuid)));
  const modules = [...coreModules, fileSystemModules[settings.filesystem]];
  await runTool(tools, { argv: mkimageArgv({ platform, output, config, modules }), write: [scratch], epochSeconds });
  return readFile(output);
}
