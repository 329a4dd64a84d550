import type { CompressorOptions } from '../compressorOptions.ts';
import { tailBytesOf } from '../content.ts';
import { storedBytesOf } from '../dataBlock.ts';
import { type FragmentEntry, parseFragmentEntry } from '../fragment.ts';
import { type Image, withImage } from '../image.ts';
import type { FileInode } from '../inodeFile.ts';
import { refuse } from '../refuse.ts';
import { SUPERBLOCK_BYTES, type Superblock } from '../superblock.ts';
import { walk } from '../walk.ts';
import type { Interval } from './intervals.ts';

/** A file as far as its content goes. */
export type HeldInode = Pick<FileInode, 'sizeBytes' | 'blocksStart' | 'blocks' | 'fragment' | 'sparseBytes'>;

/** What the linker must know of an object: everything but the bytes of its blocks. */
export interface ObjectIndex {
  readonly path: string;
  readonly superblock: Pick<Superblock, 'codec' | 'blockSizeBytes'>;
  readonly compressorOptions: CompressorOptions | undefined;
  readonly files: ReadonlyMap<string, HeldInode>;
  readonly fragments: readonly FragmentEntry[];
}

/** Objects are many and small: enough of them at once to keep the disk busy, and no more. */
const AT_ONCE = 8;

/** Indices of objects, of which some may be known already. */
export async function indexObjects(
  objects: readonly (string | ObjectIndex)[],
  signal?: AbortSignal,
): Promise<readonly ObjectIndex[]> {
  const indices: ObjectIndex[] = Array.from({ length: objects.length });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < objects.length) {
      signal?.throwIfAborted();
      const at = next++;
      const object = objects[at]!;
      indices[at] = typeof object === 'string' ? await indexObject(object) : object;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return indices;
}

/** Reads the tables of the object at `path`. Throws SQUASHFS_FORMAT for a damaged one. */
export function indexObject(path: string): Promise<ObjectIndex> {
  return withImage(path, indexImage);
}

async function indexImage(image: Image): Promise<ObjectIndex> {
  const { path, superblock, compressorOptions } = image;
  const files = new Map<string, FileInode>();
  for await (const { path: name, inode } of walk(image)) if (inode.kind === 'file') files.set(name, inode);
  const fragments: FragmentEntry[] = [];
  for (let index = 0; index < image.fragments.count; index++) {
    fragments.push(parseFragmentEntry(await image.fragments.read(index)));
  }
  for (const [name, file] of files) {
    const fragment = file.fragment === undefined ? undefined : fragments[file.fragment.index];
    if (file.fragment !== undefined && fragment === undefined) {
      throw refuse({ offset: superblock.fragmentTable ?? 80 }, `the fragment block of "${name}" is not there`);
    }
    checkIsData(dataOf(file), image);
    if (fragment !== undefined) checkIsData(storedOf(fragment), image);
  }
  return { path, superblock, compressorOptions, files, fragments };
}

/** What is copied must not be a table, or what is behind them. */
function checkIsData({ start, end }: Interval, { superblock }: Image): void {
  if (start === end || (start >= SUPERBLOCK_BYTES && end <= superblock.inodeTable)) return;
  throw refuse({ offset: start }, 'blocks of a file reach into the tables');
}

/** The data blocks of a file, which stand one behind the other. */
export function dataOf({ blocksStart, blocks }: HeldInode): Interval {
  return { start: blocksStart, end: blocks.reduce((end, size) => end + storedBytesOf(size), blocksStart) };
}

export function storedOf({ start, size }: FragmentEntry): Interval {
  return { start, end: start + storedBytesOf(size) };
}

/** A file's place in its fragment block: undefined if it has none. */
export function tailOf(
  inode: HeldInode,
  blockSizeBytes: number,
): { index: number; start: number; end: number } | undefined {
  if (inode.fragment === undefined) return undefined;
  const { index, offset } = inode.fragment;
  return { index, start: offset, end: offset + tailBytesOf(inode, blockSizeBytes) };
}
