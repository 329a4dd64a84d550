import { storedBytesOf } from './dataBlock.ts';
import { type FragmentEntry, parseFragmentEntry } from './fragment.ts';
import type { Image } from './image.ts';
import type { FileInode } from './inodeFile.ts';
import { refuse } from './refuse.ts';

/** A piece of a file: bytes, or a hole. */
export type Piece = { readonly bytes: Buffer } | { readonly holeBytes: number };

/** A file's content from its beginning to its end. */
export async function* readPieces(image: Image, inode: FileInode): AsyncGenerator<Piece> {
  const { blockSizeBytes } = image.superblock;
  let start = inode.blocksStart;
  for (const [index, size] of inode.blocks.entries()) {
    const expected = Math.min(blockSizeBytes, inode.sizeBytes - index * blockSizeBytes);
    if (storedBytesOf(size) === 0) {
      yield { holeBytes: expected };
      continue;
    }
    const bytes = await image.blocks.data(start, size);
    if (bytes.length !== expected)
      throw refuse({ offset: start }, `a block has ${bytes.length} bytes, not ${expected}`);
    yield { bytes };
    start += storedBytesOf(size);
  }
  if (inode.fragment !== undefined) yield { bytes: await readTail(image, inode) };
}

/** The end of a file that has one in a fragment block. */
async function readTail(image: Image, inode: FileInode): Promise<Buffer> {
  const { index, offset } = inode.fragment!;
  const { start, size } = await readFragment(image, index);
  const block = await image.blocks.cachedData(start, size);
  const length = tailBytesOf(inode, image.superblock.blockSizeBytes);
  if (offset + length > block.length) throw refuse({ offset: start }, 'the end of a file is not in its fragment block');
  return block.subarray(offset, offset + length);
}

export function tailBytesOf(
  { sizeBytes, fragment }: Pick<FileInode, 'sizeBytes' | 'fragment'>,
  blockSizeBytes: number,
): number {
  return fragment === undefined ? 0 : sizeBytes % blockSizeBytes;
}

export async function readFragment({ fragments, superblock }: Image, index: number): Promise<FragmentEntry> {
  if (index < fragments.count) return parseFragmentEntry(await fragments.read(index));
  throw refuse({ offset: superblock.fragmentTable ?? 80 }, `there is no fragment block ${index} of ${fragments.count}`);
}
