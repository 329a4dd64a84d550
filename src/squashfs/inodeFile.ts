import { type ByteSource, readerOf, type Writer } from './bytes.ts';
import { refuse } from './refuse.ts';

/** A regular file: data blocks one after the other from `blocksStart` on, and perhaps an end inside a fragment block. */
export interface FileInode {
  readonly kind: 'file';
  readonly sizeBytes: number;
  readonly blocksStart: number;
  /** A size field for each block (dataBlock.ts). */
  readonly blocks: Uint32Array;
  /** Where the end of the file is that fills no block. */
  readonly fragment: { readonly index: number; readonly offset: number } | undefined;
  /** Bytes of holes. */
  readonly sparseBytes: number;
  readonly linkCount: number;
  readonly xattrIndex: number | undefined;
}

const LARGEST_U32 = 0xffff_ffff;

/**
 * Behind the header (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_reg_inode, squashfs_lreg_inode):
 *
 *     basic:     start u32, fragment u32, offset in it u32, size u32
 *     extended:  start u64, size u64, hole bytes u64, links u32, fragment u32, offset in it u32, xattrs u32
 *     both:      a size u32 for each block; with a fragment only whole blocks count
 */
export async function parseFileInode(
  source: ByteSource,
  { isExtended, blockSizeBytes }: { isExtended: boolean; blockSizeBytes: number },
): Promise<FileInode> {
  const { origin } = source;
  const head = isExtended ? await parseExtended(source) : await parseBasic(source);
  const { fragmentIndex, fragmentOffset, sizeBytes, blocksStart, sparseBytes, linkCount, xattrIndex } = head;
  const whole = sizeBytes / blockSizeBytes;
  const count = fragmentIndex === undefined ? Math.ceil(whole) : Math.floor(whole);
  const fragment = fragmentIndex === undefined ? undefined : { index: fragmentIndex, offset: fragmentOffset };
  if (fragment !== undefined && fragmentOffset + (sizeBytes % blockSizeBytes) > blockSizeBytes) {
    throw refuse(origin, `the end of the file reaches behind its fragment block`);
  }
  if (count > MOST_BLOCKS) throw refuse(origin, `a file of ${sizeBytes} bytes has more blocks than can be expected`);
  const blocks = await parseBlockSizes(source, count);
  return { kind: 'file', sizeBytes, blocksStart, blocks, fragment, sparseBytes, linkCount, xattrIndex };
}

async function parseBasic(source: ByteSource) {
  const reader = await readerOf(source, 16);
  const [blocksStart, fragmentIndex, fragmentOffset] = [reader.u32(), reader.u32OrNone(), reader.u32()];
  const plain = { sparseBytes: 0, linkCount: 1, xattrIndex: undefined };
  return { blocksStart, fragmentIndex, fragmentOffset, sizeBytes: reader.u32(), ...plain };
}

async function parseExtended(source: ByteSource) {
  const reader = await readerOf(source, 40);
  const [blocksStart, sizeBytes, sparseBytes] = [reader.u64(), reader.u64(), reader.u64()];
  const [linkCount, fragmentIndex, fragmentOffset] = [reader.u32(), reader.u32OrNone(), reader.u32()];
  return {
    blocksStart,
    sizeBytes,
    sparseBytes,
    linkCount,
    fragmentIndex,
    fragmentOffset,
    xattrIndex: reader.u32OrNone(),
  };
}

/** A list of 64 MiB: of a file of 2 TiB in the usual blocks. */
const MOST_BLOCKS = 1 << 24;

/** In pieces, so that a size that is a lie ends at the end of the table and not of memory. */
const PIECE = 2048;
const noBlocks = new Uint32Array(0);

async function parseBlockSizes(source: ByteSource, count: number): Promise<Uint32Array> {
  if (count === 0) return noBlocks;
  const pieces: Uint32Array[] = [];
  for (let done = 0; done < count; done += PIECE) {
    const { origin } = source;
    const piece = new Uint32Array(Math.min(PIECE, count - done));
    const bytes = await source.take(piece.length * 4);
    for (let at = 0; at < piece.length; at++) {
      piece[at] = bytes.readUInt32LE(at * 4);
      if (piece[at]! >= 0x200_0000) throw refuse(origin, `a block size of ${piece[at]} has bits that mean nothing`);
    }
    pieces.push(piece);
  }
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint32Array(count);
  for (const [index, piece] of pieces.entries()) all.set(piece, index * PIECE);
  return all;
}

export function isExtendedFile(inode: FileInode): boolean {
  const { sizeBytes, blocksStart, sparseBytes, linkCount, xattrIndex } = inode;
  return (
    sizeBytes > LARGEST_U32 ||
    blocksStart > LARGEST_U32 ||
    sparseBytes > 0 ||
    linkCount !== 1 ||
    xattrIndex !== undefined
  );
}

export function writeFileInode(writer: Writer, inode: FileInode): void {
  const { sizeBytes, blocksStart, blocks, fragment, sparseBytes, linkCount, xattrIndex } = inode;
  const offset = fragment?.offset ?? 0;
  if (isExtendedFile(inode)) {
    writer.u64(blocksStart).u64(sizeBytes).u64(sparseBytes).u32(linkCount);
    writer.u32OrNone(fragment?.index).u32(offset).u32OrNone(xattrIndex);
  } else {
    writer.u32(blocksStart).u32OrNone(fragment?.index).u32(offset).u32(sizeBytes);
  }
  for (const size of blocks) writer.u32(size);
}
