import { Writer } from '../bytes.ts';
import { writeCompressorOptions } from '../compressorOptions.ts';
import { writeMetadataHeader } from '../metadataBlock.ts';
import { superblockFlags, writeSuperblock } from '../superblock.ts';
import type { LinkFormat } from './format.ts';
import type { WrittenTables } from './tables.ts';

/** What follows the superblock: the compressor options, where there are any. */
export function writeOptions({ compressorOptions }: LinkFormat): Buffer {
  if (compressorOptions === undefined) return Buffer.alloc(0);
  const options = new Writer();
  writeCompressorOptions(options, compressorOptions);
  return new Writer()
    .u16(writeMetadataHeader({ storedBytes: options.length, compressed: false }))
    .bytes(options.toBuffer())
    .toBuffer();
}

export interface Finished {
  readonly tables: WrittenTables;
  readonly format: LinkFormat;
  readonly bytesUsed: number;
  readonly epochSeconds: number;
}

/** The superblock, when all else is written. */
export function writeFront({ tables, format, bytesUsed, epochSeconds }: Finished): Buffer {
  const writer = new Writer();
  const { codec, blockSizeBytes, compressorOptions } = format;
  const flags = tables.flags | (compressorOptions === undefined ? 0 : superblockFlags.compressorOptions);
  writeSuperblock(writer, { ...tables, flags, codec, blockSizeBytes, bytesUsed, createdSeconds: epochSeconds });
  return writer.toBuffer();
}
