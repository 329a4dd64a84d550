import { open } from 'node:fs/promises';
import { isoLabel, readImageTable, TABLE_HEAD_BYTES } from './imageTable.ts';
import { readFully } from './rawFile.ts';

/** What is on a drive, a partition or in a file, as far as its beginning tells. */
export interface Content {
  /** As udev and blkid call it. */
  readonly type: string;
  readonly label: string;
}

export function describeContent({ type, label }: Content): string {
  return label === '' ? type : `${type} "${label}"`;
}

/** Undefined where nothing is recognised, or nothing may be read. */
export async function probeFile(path: string): Promise<Content | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const head = Buffer.alloc(TABLE_HEAD_BYTES);
      return probeContent(head.subarray(0, await readFully(handle, head, 0)));
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

interface Signature {
  readonly type: string;
  readonly at: number;
  readonly bytes: string;
  readonly label?: readonly [offset: number, length: number];
}

// Offsets of signature and label: the superblocks of the file systems, and the LUKS2 header (docs/on-disk-format-luks2).
const signatures: readonly Signature[] = [
  { type: 'crypto_LUKS', at: 0, bytes: 'LUKS\xba\xbe', label: [24, 48] },
  { type: 'ext4', at: 1080, bytes: '\x53\xef', label: [1144, 16] },
  { type: 'btrfs', at: 65_600, bytes: '_BHRfS_M', label: [65_835, 256] },
  { type: 'xfs', at: 0, bytes: 'XFSB', label: [108, 12] },
  { type: 'ntfs', at: 3, bytes: 'NTFS    ' },
  { type: 'exfat', at: 3, bytes: 'EXFAT   ' },
  { type: 'vfat', at: 82, bytes: 'FAT32', label: [71, 11] },
  { type: 'vfat', at: 54, bytes: 'FAT1', label: [43, 11] },
  { type: 'swap', at: 4086, bytes: 'SWAPSPACE2', label: [1052, 16] },
];

/** Recognises file systems, ISO images and partition tables by their signatures. Pure. */
export function probeContent(head: Buffer): Content | undefined {
  const iso = isoLabel(head);
  if (iso !== undefined) return { type: 'iso9660', label: iso };
  const found = signatures.find(({ at, bytes }) => head.toString('latin1', at, at + bytes.length) === bytes);
  if (found !== undefined) return { type: found.type, label: readLabel(head, found.label) };
  if (head.length < TABLE_HEAD_BYTES) return undefined;
  const table = readImageTable(head);
  if (table.kind === 'none') return undefined;
  const count = table.kind === 'gpt' ? table.gpt.partitions.length : table.entries.length;
  return { type: `${table.kind} partition table with ${count} ${count === 1 ? 'partition' : 'partitions'}`, label: '' };
}

function readLabel(head: Buffer, place: Signature['label']): string {
  if (place === undefined) return '';
  const text = head.toString('utf8', place[0], place[0] + place[1]);
  // FAT writes this where there is no label.
  return text
    .replace(/\0.*$/s, '')
    .trim()
    .replace(/^NO NAME$/, '');
}
