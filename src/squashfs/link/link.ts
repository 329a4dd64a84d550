import type { Codec } from '../codec.ts';
import { SUPERBLOCK_BYTES } from '../superblock.ts';
import { type CompressBlocks, storeBlocks } from './compressor.ts';
import { type Contents, chooseContents } from './contents.ts';
import { copyBlocks } from './copy.ts';
import type { LinkEntry } from './entries.ts';
import { emptyBody, placeFile } from './fileBodies.ts';
import { commonFormat } from './format.ts';
import { writeFront, writeOptions } from './front.ts';
import { collectIds } from './ids.ts';
import type { InodeParts } from './leafInodes.ts';
import { indexObjects, type ObjectIndex } from './object.ts';
import { openOutput } from './openOutput.ts';
import { Output } from './output.ts';
import { type Placement, placeBlocks } from './placement.ts';
import { planTails, type RepackedTails, repackTails } from './repack.ts';
import { prepareTables, type WrittenTables, writeTables } from './tables.ts';
import { buildTree, type LinkTree } from './tree.ts';
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
  /** SquashFS images that hold the contents, made by mksquashfs with the codec and the block size: paths, or indices. */
  readonly objects: readonly (string | ObjectIndex)[];
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
  const { signal, codec, blockSizeBytes } = options;
  const tree = buildTree(options.entries);
  const objects = await indexObjects(options.objects, signal);
  const format = commonFormat(objects, { codec, blockSizeBytes });
  const contents = chooseContents(tree, objects);
  const head = writeOptions(format);
  const placement = placeBlocks(contents, objects, SUPERBLOCK_BYTES + head.length);
  const handle = await openOutput(
    options.output,
    objects.map(({ path }) => path),
  );
  try {
    const image = { output: new Output(handle), tree, objects, contents, placement, options };
    await image.output.write(Buffer.concat([Buffer.alloc(SUPERBLOCK_BYTES), head]));
    const { tables, bytesUsed, ...result } = await writeBody(image);
    // Last: as long as it is not there, the file is no image.
    const superblock = writeFront({ tables, format, bytesUsed, epochSeconds: options.epochSeconds });
    await handle.write(superblock, 0, superblock.length, 0);
    return result;
  } finally {
    await handle.close();
  }
}

interface Linking {
  readonly output: Output;
  readonly tree: LinkTree;
  readonly objects: readonly ObjectIndex[];
  readonly contents: Contents;
  readonly placement: Placement;
  readonly options: LinkOptions;
}

interface Body extends LinkResult {
  readonly tables: WrittenTables;
  readonly bytesUsed: number;
}

/** Data, tables, padding. While blocks are copied, the compressor is at work on all the rest. */
async function writeBody(linking: Linking): Promise<Body> {
  const { output, tree, objects, placement, options } = linking;
  const { compress = storeBlocks, blockSizeBytes, signal, onProgress } = options;
  const start = output.position;
  const plan = planTails(placement, blockSizeBytes, placement.fragments.length);
  const xattrs = collectXattrs(tree);
  const parts = { ids: collectIds(tree), xattrs, bodyOf: bodiesOf(linking, plan.tails) };
  const turn = copyBlocks({ output, placement, objects, signal, onProgress });
  const [copiedEnd, fragments, prepared] = await Promise.all([
    turn.then(() => output.position),
    repackTails(placement, { objects, plan, blockSizeBytes, compress, output, turn, signal }),
    prepareTables({ tree, compress, parts }),
  ]);
  const dataEnd = output.position;
  const tables = await writeTables(output, prepared, [...placement.fragments, ...fragments]);
  const bytesUsed = output.position;
  await output.write(Buffer.alloc((PADDING_BYTES - (bytesUsed % PADDING_BYTES)) % PADDING_BYTES));
  await output.finish();
  return {
    ...{ tables, bytesUsed, sizeBytes: output.position, droppedXattrs: xattrs.dropped },
    ...{ copiedBytes: copiedEnd - start, repackedBytes: dataEnd - copiedEnd, tableBytes: bytesUsed - dataEnd },
  };
}

function bodiesOf({ contents, placement, objects }: Linking, repacked: RepackedTails): InodeParts['bodyOf'] {
  return (inode) => {
    const held = contents.chosen.get(inode);
    return held === undefined ? emptyBody : placeFile(held, { placement, objects, repacked });
  };
}
