import { readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { efiImagePath } from '../efi.ts';
import { type MediaTools, toolFile } from '../tools.ts';
import { writeAt, writeBootCode } from './bootCode.ts';
import { checkHddSettings } from './check.ts';
import type { DataFileSystem } from './dataFileSystem.ts';
import { planExt } from './ext.ts';
import { planFat } from './fat.ts';
import { watchGrowth } from './growth.ts';
import { installGrub } from './grubDisk.ts';
import { deriveUuid } from './ids.ts';
import { type HddLayout, layOutHdd } from './layout.ts';
import { type GptPartition, partitionTypes, writeGpt } from './partitionTable.ts';
import { requireLoaders } from './requireLoaders.ts';
import { type BuildHddOptions, sectorBytes } from './types.ts';

/**
 * Makes a disk image that starts on a BIOS and by UEFI, with Secure Boot where the medium's loaders are signed: same
 * tree, settings, id and epoch, same bytes. What cannot be is refused before anything is written.
 *
 * ```
 * sector 0       protective MBR: boot code, the GPT's entry, an active entry (see bootCode.ts)
 * 1 - 33         GPT
 * 1 MiB          1 data: the medium's tree. FAT: "Microsoft basic data", ext: "Linux data"
 * whole MiB      2 EFI system partition: boot/grub/efi.img        (with --bootloaders grub-efi)
 * whole MiB      3 BIOS boot partition: GRUB's core image         (with --bootloaders grub-pc; 2 without UEFI)
 * the last MiB   copy of the GPT
 * ```
 * - The data partition comes first: Windows before 10 (1703) shows a stick's first partition only, and live-build's
 *   image has the system in partition 1 too. It is not of the type "EFI system", even as FAT with EFI/boot in it, since
 *   Windows gives such a partition no drive letter.
 * - There is an EFI partition besides, the very one of our ISO images: on a fixed disk UEFI asks for that type
 *   (specification, 13.3), and its GRUB can read ext where firmware cannot. Firmware that takes the first FAT partition
 *   whatever its type finds the same loaders in the data partition; they lead to the same menu.
 * - Partitions end at whole MiB behind the data, so that a further one (`lb write --persistence`) can follow: any tool
 *   that moves the copy of the GPT to the end of the stick adds it.
 * - BIOS by syslinux: gptmbr.bin starts the partition with attribute bit 2 ("legacy BIOS bootable").
 */
export async function buildHdd(tools: MediaTools, options: BuildHddOptions): Promise<void> {
  const { settings, output, epochSeconds } = options;
  checkHddSettings(settings);
  await requireLoaders(options);
  const data = await planData(options);
  const layout = layOutHdd({
    settings,
    dataSectors: data.leastSectors,
    efiBytes: settings.efiLoader === 'none' ? undefined : (await stat(efiImageOf(options))).size,
    hasBiosBootPartition: settings.biosLoader === 'grub-pc',
  });
  const writeData = data.fit(layout.data.sectors);
  await rm(output, { force: true });
  await writeFile(output, '');
  await truncate(output, layout.totalSectors * sectorBytes);
  await writeTable(tools, options, { layout, partitionType: data.partitionType });
  const totalBytes = data.leastSectors * sectorBytes;
  await watchGrowth({ path: output, totalBytes, onProgress: options.onProgress }, () =>
    writeData(tools, { ...options, place: layout.data }),
  );
  await installBootCode(tools, options, layout);
  await utimes(output, epochSeconds, epochSeconds);
}

function planData(options: BuildHddOptions): Promise<DataFileSystem> {
  const { filesystem } = options.settings;
  switch (filesystem) {
    case 'fat16':
    case 'fat32':
      return planFat(options, filesystem);
    case 'ext2':
    case 'ext3':
    case 'ext4':
      return planExt(options, filesystem);
    default:
      throw new Error(`${filesystem} was refused before`);
  }
}

interface TableOptions {
  readonly layout: HddLayout;
  readonly partitionType: DataFileSystem['partitionType'];
}

async function writeTable(tools: MediaTools, options: BuildHddOptions, table: TableOptions): Promise<void> {
  const { output, uuid, epochSeconds, settings } = options;
  const { data, efi, biosBoot } = table.layout;
  const partitions: GptPartition[] = [
    {
      ...data,
      type: partitionTypes[table.partitionType],
      uuid: deriveUuid(options, 'data partition'),
      name: settings.label,
      legacyBoot: settings.biosLoader === 'syslinux',
    },
  ];
  if (efi) {
    partitions.push({
      ...efi,
      type: partitionTypes.efiSystem,
      uuid: deriveUuid(options, 'EFI partition'),
      name: 'EFI',
    });
  }
  if (biosBoot) {
    const id = deriveUuid(options, 'BIOS boot partition');
    partitions.push({ ...biosBoot, type: partitionTypes.biosBoot, uuid: id, name: 'BIOS boot' });
  }
  await writeGpt(tools, { image: output, table: { diskUuid: uuid, partitions }, epochSeconds });
}

async function installBootCode(tools: MediaTools, options: BuildHddOptions, layout: HddLayout): Promise<void> {
  const { output, settings } = options;
  if (layout.efi) await writeAt(output, [[layout.efi.startSector * sectorBytes, await readFile(efiImageOf(options))]]);
  if (layout.biosBoot) await installGrub(tools, options, layout.biosBoot);
  if (settings.biosLoader === 'syslinux') {
    await writeBootCode(output, await readFile(toolFile(tools, 'usr/lib/syslinux/mbr/gptmbr.bin')));
  }
}

function efiImageOf({ directory }: BuildHddOptions): string {
  return join(directory, efiImagePath);
}
