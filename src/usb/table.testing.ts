import { crc32 } from 'node:zlib';
import type { NewGptPartition } from './gpt.ts';
import { withMbrEntry } from './mbr.ts';

export interface FakePartition {
  readonly firstSector: number;
  readonly lastSector: number;
}

/** The beginning of a disk with a GPT and a protective MBR, made by hand from the specification, apart from gpt.ts. */
export function makeGptHead(sectors: number, partitions: readonly FakePartition[], count = 128): Buffer {
  const head = Buffer.alloc(128 * 1024);
  head.writeUInt16LE(0xaa55, 510);
  withMbrEntry(head.subarray(0, 512), { slot: 0, type: 0xee, firstSector: 1, sectors: sectors - 1 }).copy(head);
  const entries = head.subarray(1024, 1024 + count * 128);
  partitions.forEach(({ firstSector, lastSector }, index) => {
    entries.fill(0xa5, index * 128, index * 128 + 32);
    entries.writeBigUInt64LE(BigInt(firstSector), index * 128 + 32);
    entries.writeBigUInt64LE(BigInt(lastSector), index * 128 + 40);
  });
  const header = head.subarray(512, 1024);
  header.write('EFI PART\0\0\x01\0\x5c\0\0\0', 'latin1');
  const fields = { 24: 1, 32: sectors - 1, 40: 2 + count / 4, 48: sectors - 2 - count / 4, 72: 2 };
  for (const [offset, value] of Object.entries(fields)) header.writeBigUInt64LE(BigInt(value), Number(offset));
  header.fill(0x11, 56, 72);
  header.writeUInt32LE(count, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(entries), 88);
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 16);
  return head;
}

/** The beginning of a disk with an MBR alone. */
export function makeMbrHead(entries: readonly { slot: number; type: number; firstSector: number; sectors: number }[]) {
  const head = Buffer.alloc(128 * 1024);
  head.writeUInt16LE(0xaa55, 510);
  entries.reduce(withMbrEntry, head.subarray(0, 512)).copy(head);
  return head;
}

/** Makes it an ISO image of so many blocks of 2048 bytes too. */
export function addIso(head: Buffer, blocks: number, label = 'LIVE'): Buffer {
  head.write('\x01CD001\x01', 16 * 2048, 'latin1');
  head.write(label.padEnd(32), 16 * 2048 + 40, 'latin1');
  head.writeUInt32LE(blocks, 16 * 2048 + 80);
  return head;
}

export const newPartition = (index: number, firstSector: number, lastSector: number): NewGptPartition => ({
  index,
  firstSector,
  lastSector,
  typeGuid: '0fc63daf-8483-4772-8e79-3d69d8477de4',
  guid: '01234567-89ab-8cde-8f01-23456789abcd',
  name: 'persistence',
});
