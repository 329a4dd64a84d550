import { deflateSync } from 'node:zlib';

/** A block as it is stored: compressed, or as it is where that would not make it smaller. */
export interface StoredBlock {
  readonly bytes: Buffer;
  readonly compressed: boolean;
}

/**
 * Compresses blocks, each on its own, for an image whose block size is `blockSizeBytes` (8192 for metadata); none is larger.
 * What comes out must be as the kernel wants it: for xz that limits the dictionary to the block size.
 */
export type CompressBlocks = (blocks: readonly Buffer[], blockSizeBytes: number) => Promise<readonly StoredBlock[]>;

/** Always legal, for every compressor: blocks stored as they are. */
export const storeBlocks: CompressBlocks = async (blocks) => blocks.map((bytes) => ({ bytes, compressed: false }));

/** For gzip Node has what mksquashfs has: zlib. */
export const deflateBlocks: CompressBlocks = async (blocks) =>
  blocks.map((block) => smaller(block, deflateSync(block, { level: 9 })));

function smaller(block: Buffer, compressed: Buffer): StoredBlock {
  return compressed.length < block.length
    ? { bytes: compressed, compressed: true }
    : { bytes: block, compressed: false };
}
