import { crc32 } from 'node:zlib';
import { SECTOR_BYTES } from './sizes.ts';

/**
 * A GUID partition table (UEFI specification, 5.3), little-endian, sectors of 512 bytes:
 *
 * ```
 * sector 1         header: 0 "EFI PART"  8 revision  12 header size  16 CRC of the header (with 0 here)  24 own sector
 *                  32 sector of the other header  40 first usable  48 last usable  56 disk GUID
 *                  72 sector of the entries  80 how many  84 size of one  88 CRC of all entries
 * sector 2...      entries: 0 type GUID  16 own GUID  32 first sector  40 last sector  48 attributes  56 name, UTF-16, 36 units
 * last sectors     the entries again, then the header again, each naming the other
 * ```
 * Written by us rather than by sfdisk, because only few bytes of an image's table may change: sfdisk and sgdisk make the
 * MBR anew, and with it lose the entry that makes some BIOSes boot a hybrid image. sgdisk and sfdisk judge the result in the tests.
 */
export interface Gpt {
  readonly header: Buffer;
  readonly entries: Buffer;
  readonly entryBytes: number;
  readonly otherHeaderSector: number;
  readonly firstUsable: number;
  readonly lastUsable: number;
  readonly partitions: readonly GptPartition[];
}

export interface GptPartition {
  /** 0-based place in the table. */
  readonly index: number;
  readonly firstSector: number;
  readonly lastSector: number;
}

export interface NewGptPartition extends GptPartition {
  readonly typeGuid: string;
  readonly guid: string;
  readonly name: string;
}

const SIGNATURE = Buffer.from('EFI PART');

/** Names of the partitions: UTF-16LE at 56, 36 units (UEFI specification, table 5.6). */
export function partitionNames({ entries, entryBytes, partitions }: Gpt): string[] {
  return partitions.map(({ index }) => {
    const at = index * entryBytes;
    return entries.toString('utf16le', at + 56, at + 128).replace(/\0.*$/s, '');
  });
}

export function hasGptSignature(sector: Buffer): boolean {
  return sector.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/** How many bytes of a disk's beginning `parseGpt` wants: as much as any sensible table has. */
export const GPT_HEAD_BYTES = 128 * 1024;

/** Reads the primary table from the beginning of a disk. A string says what is wrong with it. */
export function parseGpt(head: Buffer): Gpt | string {
  const header = head.subarray(SECTOR_BYTES, 2 * SECTOR_BYTES);
  if (!hasGptSignature(header)) return 'it has none';
  const headerBytes = header.readUInt32LE(12);
  if (headerBytes < 92 || headerBytes > SECTOR_BYTES) return 'the size of its header is nonsense';
  if (header.readUInt32LE(16) !== headerChecksum(header)) return 'the checksum of its header is wrong';
  const [firstByte, count, entryBytes] = [
    sectorAt(header, 72) * SECTOR_BYTES,
    header.readUInt32LE(80),
    header.readUInt32LE(84),
  ];
  if (sectorAt(header, 24) !== 1 || entryBytes < 128 || count * entryBytes + firstByte > head.length) {
    return 'its entries are not where they should be';
  }
  const entries = head.subarray(firstByte, firstByte + count * entryBytes);
  if (header.readUInt32LE(88) !== crc32(entries)) return 'the checksum of its entries is wrong';
  const [firstUsable, lastUsable] = [sectorAt(header, 40), sectorAt(header, 48)];
  const partitions = listPartitions(entries, entryBytes);
  const gpt = {
    header,
    entries,
    entryBytes,
    otherHeaderSector: sectorAt(header, 32),
    firstUsable,
    lastUsable,
    partitions,
  };
  return findDisorder(gpt) ?? gpt;
}

function listPartitions(entries: Buffer, entryBytes: number): GptPartition[] {
  return Array.from({ length: entries.length / entryBytes }, (_, index) => {
    const entry = entries.subarray(index * entryBytes, (index + 1) * entryBytes);
    return {
      index,
      firstSector: sectorAt(entry, 32),
      lastSector: sectorAt(entry, 40),
      isUsed: entry.readBigUInt64LE(0) !== 0n,
    };
  }).flatMap(({ isUsed, ...partition }) => (isUsed ? [partition] : []));
}

function findDisorder({ partitions, firstUsable, lastUsable }: Gpt): string | undefined {
  const sorted = partitions.toSorted((one, other) => one.firstSector - other.firstSector);
  const isOutside = sorted.some(({ firstSector, lastSector }) => firstSector < firstUsable || lastSector > lastUsable);
  if (isOutside) return 'a partition lies outside of the usable sectors';
  const overlaps = sorted.some(({ firstSector }, index) => firstSector <= (sorted[index - 1]?.lastSector ?? -1));
  return overlaps ? 'its partitions overlap' : undefined;
}

/** A stretch of bytes to be written at an offset. */
export interface Patch {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The first byte behind what partitions may take on a disk of that many sectors, for this table's number of entries. */
export function endOfUsable(gpt: Gpt, diskSectors: number): number {
  return (diskSectors - 1 - entrySectors(gpt)) * SECTOR_BYTES;
}

/**
 * What to write so that the table fills a disk of `diskSectors`, with `added` partitions: the backup at the new end first,
 * the primary header last, so that an interruption leaves one table that is whole.
 */
export function growGpt(gpt: Gpt, diskSectors: number, added: readonly NewGptPartition[]): Patch[] {
  const entries = Buffer.from(gpt.entries);
  for (const partition of added) writeEntry(entries, gpt.entryBytes, partition);
  const last = diskSectors - 1;
  const backupEntries = last - entrySectors(gpt);
  const head = (own: number, other: number, entriesAt: number) => {
    const header = Buffer.from(gpt.header);
    writeSectors(header, { 24: own, 32: other, 48: backupEntries - 1, 72: entriesAt });
    header.writeUInt32LE(crc32(entries), 88);
    header.writeUInt32LE(headerChecksum(header), 16);
    return header;
  };
  const primaryEntries = sectorAt(gpt.header, 72);
  return [
    { offset: backupEntries * SECTOR_BYTES, bytes: entries },
    { offset: last * SECTOR_BYTES, bytes: head(last, 1, backupEntries) },
    { offset: primaryEntries * SECTOR_BYTES, bytes: entries },
    { offset: SECTOR_BYTES, bytes: head(1, last, primaryEntries) },
  ];
}

function entrySectors({ entries }: Gpt): number {
  return Math.ceil(entries.length / SECTOR_BYTES);
}

function writeEntry(entries: Buffer, entryBytes: number, partition: NewGptPartition): void {
  const entry = entries.subarray(partition.index * entryBytes, (partition.index + 1) * entryBytes).fill(0);
  entry.set(guidBytes(partition.typeGuid), 0);
  entry.set(guidBytes(partition.guid), 16);
  writeSectors(entry, { 32: partition.firstSector, 40: partition.lastSector });
  entry.write(partition.name.slice(0, 36), 56, 'utf16le');
}

/** The first three groups of a GUID are stored little-endian, the other two as they are read. */
function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function headerChecksum(header: Buffer): number {
  const copy = Buffer.from(header.subarray(0, header.readUInt32LE(12)));
  copy.writeUInt32LE(0, 16);
  return crc32(copy);
}

function sectorAt(buffer: Buffer, offset: number): number {
  return Number(buffer.readBigUInt64LE(offset));
}

function writeSectors(buffer: Buffer, fields: Readonly<Record<number, number>>): void {
  for (const [offset, sector] of Object.entries(fields)) buffer.writeBigUInt64LE(BigInt(sector), Number(offset));
}
