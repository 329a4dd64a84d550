import type { Codec } from '../codec.ts';
import type { CompressorOptions } from '../compressorOptions.ts';
import type { HeldInode, ObjectIndex } from './object.ts';

/** Columns rather than names: there are tens of thousands of files. */
interface IndexFile {
  readonly codec: Codec;
  readonly blockSizeBytes: number;
  readonly compressorOptions: CompressorOptions | null;
  /** Start, size field. */
  readonly fragments: readonly (readonly [number, number])[];
  /** Path, bytes, start of the blocks, bytes of holes, number of the fragment block or -1, offset in it, size fields. */
  readonly files: readonly (readonly [string, number, number, number, number, number, readonly number[]])[];
}

/** An index to be kept beside its object, so that its tables need not be read again for each image. */
export function formatIndex({ superblock, compressorOptions, files, fragments }: ObjectIndex): string {
  const index: IndexFile = {
    codec: superblock.codec,
    blockSizeBytes: superblock.blockSizeBytes,
    compressorOptions: compressorOptions ?? null,
    fragments: fragments.map(({ start, size }) => [start, size]),
    files: [...files].map(([path, { sizeBytes, blocksStart, sparseBytes, fragment, blocks }]) => [
      ...([path, sizeBytes, blocksStart, sparseBytes] as const),
      ...([fragment?.index ?? -1, fragment?.offset ?? 0, [...blocks]] as const),
    ]),
  };
  return JSON.stringify(index);
}

/** The index that `formatIndex` wrote of the object which is at `path` now. */
export function parseIndex(text: string, path: string): ObjectIndex {
  const { codec, blockSizeBytes, compressorOptions, fragments, files } = JSON.parse(text) as IndexFile;
  return {
    path,
    superblock: { codec, blockSizeBytes },
    compressorOptions: compressorOptions ?? undefined,
    fragments: fragments.map(([start, size]) => ({ start, size })),
    files: new Map(files.map(([name, ...columns]): [string, HeldInode] => [name, inodeOf(columns)])),
  };
}

type Columns = IndexFile['files'][number] extends readonly [string, ...infer Rest] ? Rest : never;

function inodeOf([sizeBytes, blocksStart, sparseBytes, index, offset, blocks]: Columns): HeldInode {
  const fragment = index === -1 ? undefined : { index, offset };
  return { sizeBytes, blocksStart, sparseBytes, fragment, blocks: Uint32Array.from(blocks) };
}
