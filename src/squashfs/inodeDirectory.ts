import { type ByteSource, readerOf, type Writer } from './bytes.ts';
import { type DirectoryIndexEntry, parseDirectoryIndexEntry, writeDirectoryIndexEntry } from './directoryIndex.ts';
import type { MetadataPosition } from './metadataBlock.ts';
import { refuse } from './refuse.ts';

/** A directory: where its listing stands in the directory table, and an index into it where it is long. */
export interface DirectoryInode {
  readonly kind: 'directory';
  readonly listing: MetadataPosition;
  /** Bytes of the listing. */
  readonly listingBytes: number;
  readonly linkCount: number;
  readonly parentNumber: number;
  readonly xattrIndex: number | undefined;
  readonly index: readonly DirectoryIndexEntry[];
}

/** The size of a directory counts three bytes for "." and "..", which are not in the listing. */
const DOTS_BYTES = 3;
const LARGEST_BASIC_BYTES = 0xffff - DOTS_BYTES;

/**
 * Behind the header (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_dir_inode, squashfs_ldir_inode):
 *
 *     basic:     block u32, links u32, size u16, offset in the block u16, number of the parent u32
 *     extended:  links u32, size u32, block u32, number of the parent u32, index entries u16, offset u16, xattrs u32, index
 */
export async function parseDirectoryInode(
  source: ByteSource,
  { isExtended }: { isExtended: boolean },
): Promise<DirectoryInode> {
  const { origin } = source;
  const { size, ...rest } = isExtended ? await parseExtended(source) : await parseBasic(source);
  // Size 0 is what some programs write for an empty directory.
  if (size !== 0 && size < DOTS_BYTES) throw refuse(origin, `a directory of ${size} bytes is not possible`);
  return { kind: 'directory', ...rest, listingBytes: Math.max(0, size - DOTS_BYTES) };
}

async function parseBasic(source: ByteSource) {
  const reader = await readerOf(source, 16);
  const [block, linkCount, size, offset] = [reader.u32(), reader.u32(), reader.u16(), reader.u16()];
  return { listing: { block, offset }, size, linkCount, parentNumber: reader.u32(), xattrIndex: undefined, index: [] };
}

async function parseExtended(source: ByteSource) {
  const reader = await readerOf(source, 24);
  const [linkCount, size, block, parentNumber] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  const [indexCount, offset, xattrIndex] = [reader.u16(), reader.u16(), reader.u32OrNone()];
  const index: DirectoryIndexEntry[] = [];
  for (let count = 0; count < indexCount; count++) index.push(await parseDirectoryIndexEntry(source));
  return { listing: { block, offset }, size, linkCount, parentNumber, xattrIndex, index };
}

export function isExtendedDirectory({ listingBytes, index, xattrIndex }: DirectoryInode): boolean {
  return listingBytes > LARGEST_BASIC_BYTES || index.length > 0 || xattrIndex !== undefined;
}

export function writeDirectoryInode(writer: Writer, inode: DirectoryInode): void {
  const { listing, linkCount, parentNumber, xattrIndex, index } = inode;
  const size = inode.listingBytes + DOTS_BYTES;
  if (!isExtendedDirectory(inode)) {
    writer.u32(listing.block).u32(linkCount).u16(size).u16(listing.offset).u32(parentNumber);
    return;
  }
  writer.u32(linkCount).u32(size).u32(listing.block).u32(parentNumber);
  writer.u16(index.length).u16(listing.offset).u32OrNone(xattrIndex);
  for (const entry of index) writeDirectoryIndexEntry(writer, entry);
}
