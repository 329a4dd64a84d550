import { LivewrightError } from '../../errors.ts';
import { sectorBytes, sectorsPerMib } from './types.ts';

/** Behind the protective MBR, the GPT's header and its 128 entries (UEFI specification, 5.3). */
export const firstUsableSector = 34;

/** The boot sector of a FAT file system and syslinux's own have 32 bits for where they are. */
const sectorLimit = 2 ** 32;

const binaryUnits: Readonly<Record<string, number>> = {
  s: sectorBytes,
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
// A number alone means megabytes to parted.
const decimalUnits: Readonly<Record<string, number>> = { '': 1e6, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

/**
 * The first sector of the data partition, from `--hdd-partition-start` in parted's units (parted(8), "unit"): sectors,
 * bytes and binary multiples are exact; decimal ones are about there, so the nearest whole MiB is taken, which is what
 * parted's alignment gives. Empty, `0` and `0%` are the first aligned place.
 */
export function parsePartitionStart(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*|%)$/i.exec(text.trim()) ?? [];
  if (text.trim() === '' || (unit === '%' && Number(number) === 0)) return sectorsPerMib;
  const decimal = decimalUnits[unit.toLowerCase()];
  if (number !== '' && decimal !== undefined) return alignedStart(Number(number) * decimal, text);
  const binary = binaryUnits[unit.toLowerCase()];
  if (number === '' || binary === undefined) throw unknownPosition(text);
  return checkStart((Number(number) * binary) / sectorBytes, text);
}

function alignedStart(bytes: number, text: string): number {
  return checkStart(Math.max(1, Math.round(bytes / 2 ** 20)) * sectorsPerMib, text);
}

function checkStart(sector: number, text: string): number {
  if (!Number.isInteger(sector)) {
    throw refused(text, `is not a multiple of the ${sectorBytes} bytes of a sector`);
  }
  if (sector < firstUsableSector) {
    throw refused(text, `lies in the partition table, which takes the sectors 0 to ${firstUsableSector - 1}`);
  }
  if (sector >= sectorLimit) throw refused(text, 'is beyond 2 TiB, where a BIOS starts nothing');
  return sector;
}

function refused(value: string, reason: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: `The data partition cannot start at "${value}" (--hdd-partition-start): that ${reason}.`,
    hint: 'Leave the option empty for 1 MiB, which suits every disk; the first possible place is 34s.',
    data: { option: '--hdd-partition-start', value },
  });
}

function unknownPosition(value: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: `--hdd-partition-start "${value}" is not a position, such as 63s, 1MiB or 4MB (a number alone: megabytes).`,
    hint: 'Leave the option empty for 1 MiB, which suits every disk.',
    data: { option: '--hdd-partition-start', value },
  });
}
