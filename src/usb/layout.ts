import { createHash } from 'node:crypto';
import { LivewrightError } from '../errors.ts';
import { endOfUsable, growGpt, type Patch } from './gpt.ts';
import type { ImageTable } from './imageTable.ts';
import { MBR_SECTORS, withGrownProtection, withMbrEntry } from './mbr.ts';
import { MIB, roundDown, roundUp, SECTOR_BYTES, sizeText } from './sizes.ts';

/** A partition that is to follow the image. */
export interface PartitionWish {
  readonly kind: 'persistence' | 'data';
  readonly label: string;
  /** Absent: all that is left. At most one of several. */
  readonly sizeBytes?: number;
  readonly leastBytes: number;
}

export interface PlannedPartition extends PartitionWish {
  /** 0-based place in the table. */
  readonly slot: number;
  readonly startBytes: number;
  readonly sizeBytes: number;
}

export interface Layout {
  readonly partitions: readonly PlannedPartition[];
  /** What makes them known, to be written last; in this order. */
  readonly patches: readonly Patch[];
  /** The size that the target must have: a disk's own, or what a file is to be made. */
  readonly totalBytes: number;
}

export interface Space {
  /** The image, or whatever must stay. */
  readonly usedBytes: number;
  /** Size of the disk; absent for a file, which becomes as long as it must. */
  readonly totalBytes?: number;
  /** Makes the ids: the same for the same image and stick, different on any other stick. */
  readonly seed: string;
}

const LINUX_DATA = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const BASIC_DATA = 'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7';
const mbrTypes = { persistence: 0x83, data: 0x07 } as const;

/** Where the wished partitions go and what makes them known. Throws PARTITION_IMPOSSIBLE. Pure. */
export function planLayout(table: ImageTable, wishes: readonly PartitionWish[], space: Space): Layout {
  if (table.kind === 'none') throw impossible(`Nothing can be put behind the image: ${table.why}.`);
  const start = roundUp(Math.max(space.usedBytes, table.contentBytes), MIB);
  const totalBytes = space.totalBytes ?? fileSize(start, wishes);
  const end = roundDown(usableEnd(table, totalBytes), MIB);
  const slots = freeSlots(table);
  if (slots.length < wishes.length) {
    throw impossible(`The image's partition table has ${slots.length} free places, and ${wishes.length} are needed.`);
  }
  const sizes = divide(wishes, end - start);
  let at = start;
  const partitions = wishes.map((wish, index): PlannedPartition => {
    const sizeBytes = sizes[index] ?? 0;
    at += sizeBytes;
    return { ...wish, slot: slots[index] ?? 0, startBytes: at - sizeBytes, sizeBytes };
  });
  return { partitions, totalBytes, patches: tablePatches(table, partitions, { ...space, totalBytes }) };
}

function fileSize(start: number, wishes: readonly PartitionWish[]): number {
  const sum = wishes.reduce((bytes, { sizeBytes, kind }) => {
    if (sizeBytes !== undefined) return bytes + roundUp(sizeBytes, MIB);
    throw new LivewrightError('USAGE', {
      message: `A file has no rest that the ${kind} partition could take.`,
      hint: `Give a size (--${kind}=1G), or make the file as large as it is to be first: truncate --size 8G FILE.`,
    });
  }, start);
  // The second table of a GPT stands behind the last partition.
  return sum + MIB;
}

function usableEnd(table: Exclude<ImageTable, { kind: 'none' }>, totalBytes: number): number {
  const sectors = Math.floor(totalBytes / SECTOR_BYTES);
  if (table.kind === 'gpt') return endOfUsable(table.gpt, sectors);
  return Math.min(sectors, MBR_SECTORS) * SECTOR_BYTES;
}

function freeSlots(table: Exclude<ImageTable, { kind: 'none' }>): number[] {
  if (table.kind === 'mbr') return [0, 1, 2, 3].filter((slot) => !table.entries.some((entry) => entry.slot === slot));
  const last = Math.max(-1, ...table.gpt.partitions.map(({ index }) => index));
  const count = table.gpt.entries.length / table.gpt.entryBytes;
  return Array.from({ length: count }, (_, index) => index).filter((index) => index > last);
}

/** Sizes in the order of the wishes; the one without takes what is left. */
function divide(wishes: readonly PartitionWish[], freeBytes: number): number[] {
  if (wishes.filter(({ sizeBytes }) => sizeBytes === undefined).length > 1) {
    throw new LivewrightError('USAGE', {
      message: 'Only one partition can take all that is left.',
      hint: 'Give a size to one of them: --persistence=4G --data.',
    });
  }
  const fixed = wishes.reduce((bytes, { sizeBytes = 0 }) => bytes + roundUp(sizeBytes, MIB), 0);
  const sizes = wishes.map(({ sizeBytes }) => (sizeBytes === undefined ? freeBytes - fixed : roundUp(sizeBytes, MIB)));
  if (fixed > freeBytes) throw tooLittle(`${sizeText(fixed)} are wanted`, freeBytes);
  wishes.forEach(({ kind, leastBytes }, index) => {
    if ((sizes[index] ?? 0) >= leastBytes) return;
    throw tooLittle(`a ${kind} partition needs ${sizeText(leastBytes)} at least`, sizes[index] ?? 0);
  });
  return sizes;
}

function tooLittle(needed: string, freeBytes: number): LivewrightError {
  const room = sizeText(Math.max(0, freeBytes));
  return impossible(
    `There is too little room behind the image: ${needed}, and there are ${room} for it.`,
    'Take less or a larger stick.',
  );
}

function impossible(message: string, hint?: string): LivewrightError {
  return new LivewrightError('PARTITION_IMPOSSIBLE', {
    message,
    hint: hint ?? 'Write the image without --persistence and --data, and put the partition on another stick.',
  });
}

function tablePatches(
  table: Exclude<ImageTable, { kind: 'none' }>,
  partitions: readonly PlannedPartition[],
  { totalBytes, seed }: Required<Space>,
): Patch[] {
  const diskSectors = Math.floor(totalBytes / SECTOR_BYTES);
  const placed = partitions.map((partition) => ({
    ...partition,
    firstSector: partition.startBytes / SECTOR_BYTES,
    sectors: partition.sizeBytes / SECTOR_BYTES,
  }));
  if (table.kind === 'mbr') {
    const entries = placed.map(({ slot, kind, firstSector, sectors }) => ({
      slot,
      type: mbrTypes[kind],
      firstSector,
      sectors,
    }));
    return [{ offset: 0, bytes: entries.reduce(withMbrEntry, table.mbr) }];
  }
  const added = placed.map(({ slot, kind, label, firstSector, sectors }) => ({
    index: slot,
    typeGuid: kind === 'data' ? BASIC_DATA : LINUX_DATA,
    guid: makeUuid(`${seed} partition ${slot}`),
    name: label,
    firstSector,
    lastSector: firstSector + sectors - 1,
  }));
  return [...growGpt(table.gpt, diskSectors, added), { offset: 0, bytes: withGrownProtection(table.mbr, diskSectors) }];
}

/** A UUID made of a text (RFC 9562, version 8). */
export function makeUuid(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
