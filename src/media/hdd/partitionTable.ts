import { dirname } from 'node:path';
import { type MediaTools, runTool } from '../tools.ts';
import type { Extent } from './types.ts';

/** Partition types of the GPT that our disks have. */
export const partitionTypes = {
  /** Microsoft's own: the one that Windows gives a drive letter. */
  basicData: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
  /** The UEFI specification's, 5.3.3. */
  efiSystem: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  linuxData: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
  /** GRUB's: where its core image is. */
  biosBoot: '21686148-6449-6E6F-744E-656564454649',
} as const;

export interface GptPartition extends Extent {
  readonly type: string;
  readonly uuid: string;
  /** At most 36 ASCII characters, without quotes and backslashes; may be empty. */
  readonly name: string;
  /** Attribute bit 2: what syslinux's gptmbr.bin starts. */
  readonly legacyBoot?: boolean;
}

export interface GptTable {
  readonly diskUuid: string;
  /** In the order of their numbers. */
  readonly partitions: readonly GptPartition[];
}

/** The table as sfdisk reads it (sfdisk(8), "Script headers", "Named-fields format"). */
export function gptScript({ diskUuid, partitions }: GptTable): string {
  const headers = ['label: gpt', `label-id: ${diskUuid}`, 'unit: sectors', 'first-lba: 34'];
  return [...headers, '', ...partitions.map(partitionLine), ''].join('\n');
}

function partitionLine({ startSector, sectors, type, uuid, name, legacyBoot }: GptPartition): string {
  return [
    `start=${startSector}`,
    `size=${sectors}`,
    `type=${type}`,
    `uuid=${uuid}`,
    ...(name === '' ? [] : [`name="${name}"`]),
    ...(legacyBoot ? ['attrs="LegacyBIOSBootable"'] : []),
  ].join(', ');
}

export interface WriteGptOptions {
  /** A file that has the disk's size already. */
  readonly image: string;
  readonly table: GptTable;
  readonly epochSeconds: number;
}

/** Writes the protective MBR, the GPT and its copy at the end, by sfdisk; anything else in the image stays. */
export async function writeGpt(tools: MediaTools, { image, table, epochSeconds }: WriteGptOptions): Promise<void> {
  // Nothing is told to a kernel, and what looks like an older file system is left alone.
  const argv = ['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', '--wipe', 'never', image];
  await runTool(tools, { argv, input: gptScript(table), write: [dirname(image)], epochSeconds });
}
