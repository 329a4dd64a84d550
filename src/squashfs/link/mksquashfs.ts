import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBlockSize } from '../dataBlock.ts';
import { withImage } from '../image.ts';
import { walk } from '../walk.ts';
import type { CompressBlocks, StoredBlock } from './compressor.ts';

export interface MksquashfsOptions {
  /** Runs `argv`, whose first word is mksquashfs, in `directory`: all that it needs to see, and where it writes. */
  readonly run: (argv: readonly string[], directory: string) => Promise<unknown>;
  /** Where directories for its input and output may be made. */
  readonly scratch: string;
  /** Compressor and its options as for the objects: `['-comp', 'xz', '-Xbcj', 'x86']`. */
  readonly compression: readonly string[];
}

/**
 * Lets mksquashfs compress blocks: each is a file of an image without fragments, whose one data block is what we want. So
 * every compressor that mksquashfs has is there, on all cores, and within the limits of the kernel.
 */
export function compressWithMksquashfs(options: MksquashfsOptions): CompressBlocks {
  return async (blocks, blockSizeBytes) => {
    if (blocks.length === 0) return [];
    const directory = await mkdtemp(join(options.scratch, 'blocks-'));
    try {
      await writeBlocks(join(directory, 'in'), blocks);
      await options.run(blockArguments(options.compression, blockSizeBytes), directory);
      return await readBlocks(join(directory, 'out'), blocks);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
}

function blockArguments(compression: readonly string[], blockSizeBytes: number): string[] {
  return [
    ...['mksquashfs', 'in', 'out'],
    ...[...withoutDictionary(compression), '-b', String(blockSizeBytes)],
    ...['-no-fragments', '-no-duplicates', '-no-sparse', '-no-xattrs', '-no-exports', '-noI', '-all-root'],
    ...['-mkfs-time', '0', '-all-time', '0', '-noappend', '-no-progress', '-quiet'],
  ];
}

/** A dictionary that suits data blocks may be larger than a block here, which mksquashfs refuses. */
function withoutDictionary(words: readonly string[]): string[] {
  return words.filter((word, at) => word !== '-Xdict-size' && words[at - 1] !== '-Xdict-size');
}

const nameOf = (index: number): string => String(index).padStart(8, '0');

async function writeBlocks(directory: string, blocks: readonly Buffer[]): Promise<void> {
  await mkdir(directory);
  for (const [index, block] of blocks.entries()) await writeFile(join(directory, nameOf(index)), block);
}

function readBlocks(path: string, blocks: readonly Buffer[]): Promise<StoredBlock[]> {
  return withImage(path, async (image) => {
    const stored = new Map<string, StoredBlock>();
    for await (const { path: name, inode } of walk(image)) {
      if (inode.kind !== 'file') continue;
      const { storedBytes, compressed } = parseBlockSize(inode.blocks[0]!);
      if (storedBytes > 0)
        stored.set(name, { bytes: await image.file.read(inode.blocksStart, storedBytes), compressed });
    }
    // A block of zeros may have become a hole, which only data can have.
    return blocks.map((bytes, index) => stored.get(nameOf(index)) ?? { bytes, compressed: false });
  });
}
