import { readFragment, tailBytesOf } from './content.ts';
import { storedBytesOf } from './dataBlock.ts';
import { describeEntry } from './entry.ts';
import { type Image, withImage } from './image.ts';
import type { FileInode } from './inodeFile.ts';
import { type Origin, refuse } from './refuse.ts';
import { SUPERBLOCK_BYTES } from './superblock.ts';
import { walk } from './walk.ts';

export interface Verified {
  readonly inodes: number;
  readonly names: number;
  readonly dataBlocks: number;
  readonly fragmentBlocks: number;
  /** Bytes of all blocks after decompression. */
  readonly contentBytes: number;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Reads all of an image: every name, inode, id and extended attribute, and decompresses every block that a file uses, once.
 * Throws SQUASHFS_FORMAT with the offset of the first thing that is not as it should be.
 */
export function verifyImage(path: string, options: VerifyOptions = {}): Promise<Verified> {
  return withImage(path, async (image) => {
    const checking = new Checking(image, options);
    const inodes = new Map<number, number>();
    let names = 0;
    for await (const entry of walk(image)) {
      names++;
      const { inode, reference } = entry;
      const origin = { offset: image.inodes.start, inner: reference };
      if (inodes.has(inode.number) && inodes.get(inode.number) !== reference) {
        throw refuse(origin, `inode number ${inode.number} is given twice`);
      }
      if (inodes.has(inode.number)) continue;
      inodes.set(inode.number, reference);
      await describeEntry(image, entry);
      if (inode.kind === 'file') await checking.checkFile(inode);
    }
    await checkExports(image, inodes);
    return { ...checking.totals, inodes: inodes.size, names };
  });
}

/** The export table, for NFS, has the place of each inode by its number. */
async function checkExports({ exports }: Image, inodes: ReadonlyMap<number, number>): Promise<void> {
  if (exports === undefined) return;
  for (const [number, reference] of inodes) {
    const entry = await exports.read(number - 1);
    const { origin } = entry;
    if (entry.u64() !== reference) throw refuse(origin, `the export table has another place for inode ${number}`);
  }
}

/** Decompresses blocks, each once, however many files share it. */
class Checking {
  readonly #image: Image;
  readonly #options: VerifyOptions;
  readonly #known = new Map<number, { readonly size: number; readonly length: number }>();
  readonly totals = { dataBlocks: 0, fragmentBlocks: 0, contentBytes: 0 };

  constructor(image: Image, options: VerifyOptions) {
    this.#image = image;
    this.#options = options;
  }

  async checkFile(inode: FileInode): Promise<void> {
    const { blockSizeBytes } = this.#image.superblock;
    let start = inode.blocksStart;
    for (const [index, size] of inode.blocks.entries()) {
      if (size === 0) continue;
      const expected = Math.min(blockSizeBytes, inode.sizeBytes - index * blockSizeBytes);
      const length = await this.#lengthOf(start, size, 'dataBlocks');
      if (length !== expected) throw refuse({ offset: start }, `a block has ${length} bytes, not ${expected}`);
      start += storedBytesOf(size);
    }
    if (inode.fragment === undefined) return;
    const fragment = await readFragment(this.#image, inode.fragment.index);
    const length = await this.#lengthOf(fragment.start, fragment.size, 'fragmentBlocks');
    if (inode.fragment.offset + tailBytesOf(inode, blockSizeBytes) > length) {
      throw refuse({ offset: fragment.start }, 'the end of a file is not in its fragment block');
    }
  }

  async #lengthOf(start: number, size: number, kind: 'dataBlocks' | 'fragmentBlocks'): Promise<number> {
    this.#options.signal?.throwIfAborted();
    const known = this.#known.get(start);
    if (known?.size === size) return known.length;
    if (known !== undefined) throw refuse({ offset: start }, 'a block is said to have two sizes');
    this.#checkPlace({ offset: start }, start + storedBytesOf(size));
    const { length } = await this.#image.blocks.data(start, size);
    this.#known.set(start, { size, length });
    this.totals[kind]++;
    this.totals.contentBytes += length;
    this.#options.onProgress?.(start, this.#image.superblock.inodeTable);
    return length;
  }

  #checkPlace(origin: Origin, end: number): void {
    if (origin.offset >= SUPERBLOCK_BYTES && end <= this.#image.superblock.inodeTable) return;
    throw refuse(origin, 'a block is not where the data is');
  }
}
