import { open } from 'node:fs/promises';
import { Writer } from '../bytes.ts';
import type { Codec } from '../codec.ts';
import { writeCompressorOptions } from '../compressorOptions.ts';
import { writeMetadataHeader } from '../metadataBlock.ts';
import { SUPERBLOCK_BYTES, superblockFlags, writeSuperblock } from '../superblock.ts';
import { type CompressBlocks, storeBlocks } from './compressor.ts';
import { chooseContents } from './contents.ts';
import type { LinkEntry } from './entries.ts';
import { emptyBody, placeFile } from './fileBodies.ts';
import { commonFormat, type LinkFormat } from './format.ts';
import { collectIds } from './ids.ts';
import { bytesOf } from './intervals.ts';
import { indexObjects, type ObjectIndex } from './object.ts';
import { Output } from './output.ts';
import { type Placement, placeBlocks } from './placement.ts';
import { repackTails } from './repack.ts';
import { type WrittenTables, writeTables } from './tables.ts';
import { buildTree } from './tree.ts';
import { collectXattrs } from './xattrSets.ts';

export interface LinkOptions {
  /** The image to write; what is there is replaced. */
  readonly output: string;
  readonly codec: Codec;
  readonly blockSizeBytes: number;
  /** Date of the image. */
  readonly epochSeconds: number;
  /** The final tree, in any order. */
  readonly entries: readonly LinkEntry[];
  /** SquashFS images that hold the contents, made by mksquashfs with the codec and the block size. */
  readonly objects: readonly string[];
  /** Compresses tables and what must be repacked. Default: both are stored as they are. */
  readonly compress?: CompressBlocks;
  readonly signal?: AbortSignal;
  /** Called while blocks are copied. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

export interface LinkResult {
  readonly sizeBytes: number;
  readonly copiedBytes: number;
  /** Compressed bytes of fragment blocks that were packed anew. */
  readonly repackedBytes: number;
  readonly tableBytes: number;
  /** `PATH: NAME` of extended attributes that SquashFS has no place for, as ACLs. */
  readonly droppedXattrs: readonly string[];
}

/** The file system may be written to media in units of this (mksquashfs pads alike). */
const PADDING_BYTES = 4096;

/**
 * Makes one image of a tree whose contents are in objects: their blocks are copied, not compressed again, and tables are
 * written anew. The same entries and objects give the same bytes. No byte of an object reaches the image that is not of a
 * file of the tree. Throws SQUASHFS_LINK if entries and objects do not go together, SQUASHFS_FORMAT for a damaged object.
 */
export async function linkSquashfs(options: LinkOptions): Promise<LinkResult> {
  const { signal, compress = storeBlocks, codec, blockSizeBytes } = options;
  const tree = buildTree(options.entries);
  const objects = await indexObjects(options.objects, signal);
  const format = commonFormat(objects, { codec, blockSizeBytes });
  const contents = chooseContents(tree, objects);
  const head = writeHead(format);
  const placement = placeBlocks(contents, objects, SUPERBLOCK_BYTES + head.length);
  const handle = await open(options.output, 'w');
  try {
    const output = new Output(handle);
    await output.write(Buffer.concat([Buffer.alloc(SUPERBLOCK_BYTES), head]));
    await copyBlocks(output, { ...options, placement, objects });
    const copiedEnd = output.position;
    const firstIndex = placement.fragments.length;
    const repacked = await repackTails(placement, objects, { blockSizeBytes, compress, output, firstIndex, signal });
    const dataEnd = output.position;
    const xattrs = collectXattrs(tree);
    const placed = { placement, objects, repacked: repacked.tails };
    const bodyOf = (inode: (typeof tree)['root']) => {
      const held = contents.chosen.get(inode);
      return held === undefined ? emptyBody : placeFile(held, placed);
    };
    const tables = await writeTables(output, {
      ...{ tree, compress, fragments: [...placement.fragments, ...repacked.fragments] },
      parts: { ids: collectIds(tree), xattrs, bodyOf },
    });
    const bytesUsed = output.position;
    await output.write(Buffer.alloc((PADDING_BYTES - (bytesUsed % PADDING_BYTES)) % PADDING_BYTES));
    await output.finish();
    const superblock = headOf({ tables, format, bytesUsed, epochSeconds: options.epochSeconds });
    await handle.write(superblock, 0, superblock.length, 0);
    return {
      sizeBytes: output.position,
      copiedBytes: copiedEnd - SUPERBLOCK_BYTES - head.length,
      repackedBytes: dataEnd - copiedEnd,
      tableBytes: bytesUsed - dataEnd,
      droppedXattrs: xattrs.dropped,
    };
  } finally {
    await handle.close();
  }
}

/** What follows the superblock: the compressor options, where there are any. */
function writeHead({ compressorOptions }: LinkFormat): Buffer {
  if (compressorOptions === undefined) return Buffer.alloc(0);
  const options = new Writer();
  writeCompressorOptions(options, compressorOptions);
  return new Writer()
    .u16(writeMetadataHeader({ storedBytes: options.length, compressed: false }))
    .bytes(options.toBuffer())
    .toBuffer();
}

interface Copying {
  readonly placement: Placement;
  readonly objects: readonly ObjectIndex[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

async function copyBlocks(output: Output, { placement, objects, signal, onProgress }: Copying): Promise<void> {
  const start = output.position;
  for (const { object, copied } of placement.objects.values()) {
    signal?.throwIfAborted();
    if (bytesOf(copied) === 0) continue;
    const source = await open(objects[object]!.path, 'r');
    try {
      for (const interval of copied) await output.copy(source, interval);
    } finally {
      await source.close();
    }
    onProgress?.(output.position - start, placement.end - start);
  }
}

interface Finished {
  readonly tables: WrittenTables;
  readonly format: LinkFormat;
  readonly bytesUsed: number;
  readonly epochSeconds: number;
}

function headOf({ tables, format, bytesUsed, epochSeconds }: Finished): Buffer {
  const writer = new Writer();
  const { codec, blockSizeBytes, compressorOptions } = format;
  const flags = tables.flags | (compressorOptions === undefined ? 0 : superblockFlags.compressorOptions);
  writeSuperblock(writer, { ...tables, flags, codec, blockSizeBytes, bytesUsed, createdSeconds: epochSeconds });
  return writer.toBuffer();
}
