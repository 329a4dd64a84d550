import { LivewrightError } from '../errors.ts';
import { GPT_HEAD_BYTES, type Gpt, parseGpt } from './gpt.ts';
import { type MbrEntry, PROTECTIVE, parseMbr } from './mbr.ts';
import { SECTOR_BYTES, sizeText } from './sizes.ts';

/** How an image's space is divided, as read from its beginning. */
export type ImageTable =
  | { readonly kind: 'gpt'; readonly mbr: Buffer; readonly gpt: Gpt; readonly contentBytes: number }
  | {
      readonly kind: 'mbr';
      readonly mbr: Buffer;
      readonly entries: readonly MbrEntry[];
      readonly contentBytes: number;
    }
  /** An ISO image for discs alone, or a table that nothing can be added to. */
  | { readonly kind: 'none'; readonly why: string; readonly contentBytes: number };

export const TABLE_HEAD_BYTES = GPT_HEAD_BYTES;

// ECMA-119, 8.4: the primary volume descriptor is in block 16; its number of blocks is at 80, little-endian first.
const ISO_BLOCK = 2048;
const PRIMARY_DESCRIPTOR = 16 * ISO_BLOCK;

/**
 * Reads what `head`, the beginning of an image or of a written stick, says of itself. `contentBytes` is where its last
 * partition or file system ends. live-build's images have a GPT whose partitions overlap, and an MBR without a protective
 * entry: firmware and kernels then go by the MBR, and so do we.
 */
export function readImageTable(head: Buffer): ImageTable {
  const isoBytes = isoSize(head) ?? 0;
  const entries = parseMbr(head);
  if (entries === undefined || entries.length === 0) {
    return { kind: 'none', why: 'it has no partition table', contentBytes: isoBytes };
  }
  const mbr = head.subarray(0, SECTOR_BYTES);
  if (entries.some(({ type }) => type === PROTECTIVE)) {
    const gpt = parseGpt(head);
    if (typeof gpt === 'string') {
      return { kind: 'none', why: `its GUID partition table is damaged (${gpt})`, contentBytes: isoBytes };
    }
    const ends = gpt.partitions.map(({ lastSector }) => (lastSector + 1) * SECTOR_BYTES);
    return { kind: 'gpt', mbr, gpt, contentBytes: Math.max(isoBytes, ...ends) };
  }
  const ends = entries.map(({ firstSector, sectors }) => (firstSector + sectors) * SECTOR_BYTES);
  return { kind: 'mbr', mbr, entries, contentBytes: Math.max(isoBytes, ...ends) };
}

/** Throws IMAGE_DAMAGED unless this is the beginning of a disk or disc image that is all there. */
export function checkImage(head: Buffer, image: { readonly path: string; readonly sizeBytes: number }): ImageTable {
  const table = readImageTable(head);
  if (table.kind === 'none' && isoSize(head) === undefined) {
    throw new LivewrightError('IMAGE_DAMAGED', {
      message: `${image.path} is no image that a machine could boot: it has neither a partition table nor an ISO 9660 file system.`,
      hint: 'Name an image such as live-image-amd64.hybrid.iso; a netboot tar is for a server.',
      data: { path: image.path },
    });
  }
  const wholeBytes = table.kind === 'gpt' ? Math.max(table.contentBytes, endOfBackup(table.gpt)) : table.contentBytes;
  if (wholeBytes > image.sizeBytes) {
    throw new LivewrightError('IMAGE_DAMAGED', {
      message: `${image.path} is cut short: it says of itself that it has ${sizeText(wholeBytes)} (${wholeBytes} bytes), and the file has ${image.sizeBytes} bytes.`,
      hint: 'Copy or build it again.',
      data: { path: image.path, expectedBytes: wholeBytes, sizeBytes: image.sizeBytes },
    });
  }
  return table;
}

function endOfBackup({ otherHeaderSector }: Gpt): number {
  return (otherHeaderSector + 1) * SECTOR_BYTES;
}

function isoSize(head: Buffer): number | undefined {
  if (head.length < PRIMARY_DESCRIPTOR + ISO_BLOCK) return undefined;
  const descriptor = head.subarray(PRIMARY_DESCRIPTOR, PRIMARY_DESCRIPTOR + ISO_BLOCK);
  if (descriptor.toString('latin1', 1, 6) !== 'CD001' || descriptor[0] !== 1) return undefined;
  return descriptor.readUInt32LE(80) * ISO_BLOCK;
}

/** The volume's name of an ISO image. */
export function isoLabel(head: Buffer): string | undefined {
  if (isoSize(head) === undefined) return undefined;
  return head.toString('latin1', PRIMARY_DESCRIPTOR + 40, PRIMARY_DESCRIPTOR + 72).trim();
}
