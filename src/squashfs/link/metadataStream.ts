import { METADATA_BYTES, METADATA_HEADER_BYTES, type MetadataPosition, writeMetadataHeader } from '../metadataBlock.ts';
import type { CompressBlocks, StoredBlock } from './compressor.ts';

/** Cuts a table's bytes into the contents of its metadata blocks. */
export function cutBlocks(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / METADATA_BYTES);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * METADATA_BYTES, (at + 1) * METADATA_BYTES));
}

/** Compresses the blocks of several tables at once: programs are started seldom. */
export async function compressTables(tables: readonly Buffer[], compress: CompressBlocks): Promise<StoredBlock[][]> {
  const cut = tables.map(cutBlocks);
  const stored = [...(await compress(cut.flat(), METADATA_BYTES))];
  return cut.map(({ length }) => stored.splice(0, length));
}

/** Where each block starts behind the first one, and, last, where the table ends. */
export function blockStarts(blocks: readonly StoredBlock[]): number[] {
  const starts = [0];
  for (const { bytes } of blocks) starts.push(starts.at(-1)! + METADATA_HEADER_BYTES + bytes.length);
  return starts;
}

/** The position in the table of byte `at` of its content. */
export function positionOf(at: number, starts: readonly number[]): MetadataPosition {
  return { block: starts[Math.floor(at / METADATA_BYTES)]!, offset: at % METADATA_BYTES };
}

/** The blocks as they stand in the image. */
export function joinBlocks(blocks: readonly StoredBlock[]): Buffer {
  const pieces = blocks.flatMap(({ bytes, compressed }) => {
    const header = Buffer.alloc(METADATA_HEADER_BYTES);
    header.writeUInt16LE(writeMetadataHeader({ storedBytes: bytes.length, compressed }));
    return [header, bytes];
  });
  return Buffer.concat(pieces);
}
