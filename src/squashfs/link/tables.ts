import { Writer } from '../bytes.ts';
import { type FragmentEntry, writeFragmentEntry } from '../fragment.ts';
import { writeReference } from '../metadataBlock.ts';
import { type Superblock, superblockFlags } from '../superblock.ts';
import { writeXattrSet, writeXattrTableHead, type XattrSet } from '../xattrTable.ts';
import { type CompressBlocks, type StoredBlock, storeBlocks } from './compressor.ts';
import { planInodes } from './inodeTables.ts';
import type { InodeParts } from './leafInodes.ts';
import { blockStarts, compressTables, joinBlocks, positionOf } from './metadataStream.ts';
import type { Output } from './output.ts';
import type { LinkTree } from './tree.ts';

export interface TableInput {
  readonly tree: LinkTree;
  readonly parts: InodeParts;
  readonly compress: CompressBlocks;
}

/** What the superblock says of the tables. */
export type WrittenTables = Omit<Superblock, 'createdSeconds' | 'blockSizeBytes' | 'codec' | 'bytesUsed'>;

/** Tables whose bytes are known; they need to know where they stand only when they are written. */
export interface PreparedTables {
  readonly inodes: readonly StoredBlock[];
  readonly listings: readonly StoredBlock[];
  readonly references: readonly StoredBlock[];
  readonly ids: readonly StoredBlock[];
  readonly xattrs: XattrBlocks | undefined;
  readonly facts: Pick<WrittenTables, 'inodeCount' | 'idCount' | 'rootInode' | 'flags'>;
}

/** Compresses all tables but that of fragments, which waits for their places. */
export async function prepareTables({ tree, parts, compress }: TableInput): Promise<PreparedTables> {
  const { ids, xattrs } = parts;
  const plan = planInodes(tree, parts);
  const [head = [], store = []] = await compressTables([plan.head, xattrs.store], compress);
  const inodes = plan.lay(head);
  const contents = [
    ...[inodes.listings, referenceBytes(tree, inodes.referenceOf), ids.bytes],
    setBytes(xattrs.sets, blockStarts(store)),
  ];
  const [listings = [], references = [], idBlocks = [], sets = []] = await compressTables(contents, compress);
  const hasXattrs = xattrs.sets.length > 0;
  return {
    ...{ inodes: inodes.finish(blockStarts(listings)), listings, references, ids: idBlocks },
    xattrs: hasXattrs ? { store, sets, setCount: xattrs.sets.length } : undefined,
    facts: {
      ...{ inodeCount: tree.inodes.length, idCount: ids.count, rootInode: inodes.referenceOf(tree.root) },
      flags: superblockFlags.deduplicated | superblockFlags.exportable | (hasXattrs ? 0 : superblockFlags.noXattrs),
    },
  };
}

/**
 * Writes all tables behind the data, in the order in which the kernel expects them: inodes, directories, fragments, inode
 * references, ids, xattrs.
 */
export async function writeTables(
  output: Output,
  tables: PreparedTables,
  fragments: readonly FragmentEntry[],
): Promise<WrittenTables> {
  const inodeTable = output.position;
  await output.write(joinBlocks(tables.inodes));
  const directoryTable = output.position;
  await output.write(joinBlocks(tables.listings));
  // Stored as it is: 16 bytes a block, which say little again, and everything else is done by now.
  const [fragmentBlocks = []] = await compressTables([fragmentBytes(fragments)], storeBlocks);
  const fragmentTable = await writeIndexed(output, fragmentBlocks);
  const exportTable = await writeIndexed(output, tables.references);
  const idTable = await writeIndexed(output, tables.ids);
  const xattrTable = tables.xattrs && (await writeXattrTable(output, tables.xattrs));
  return {
    ...{ inodeTable, directoryTable, fragmentTable, exportTable, idTable, xattrTable },
    ...{ ...tables.facts, fragmentCount: fragments.length },
  };
}

function fragmentBytes(fragments: readonly FragmentEntry[]): Buffer {
  const writer = new Writer(fragments.length * 16);
  for (const entry of fragments) writeFragmentEntry(writer, entry);
  return writer.toBuffer();
}

function referenceBytes({ inodes }: LinkTree, referenceOf: (inode: LinkTree['root']) => number): Buffer {
  const writer = new Writer(inodes.length * 8);
  for (const inode of inodes) writer.u64(referenceOf(inode));
  return writer.toBuffer();
}

function setBytes(sets: readonly XattrSet[], storeStarts: readonly number[]): Buffer {
  const writer = new Writer(sets.length * 16);
  for (const set of sets) {
    writeXattrSet(writer, { ...set, reference: writeReference(positionOf(set.reference, storeStarts)) });
  }
  return writer.toBuffer();
}

/** Blocks, then their positions; gives the position of the positions. */
async function writeIndexed(output: Output, blocks: readonly StoredBlock[]): Promise<number> {
  const positions = positionBytes(blocks, output.position);
  await output.write(joinBlocks(blocks));
  const table = output.position;
  await output.write(positions);
  return table;
}

function positionBytes(blocks: readonly StoredBlock[], start: number): Buffer {
  const writer = new Writer(blocks.length * 8);
  for (const blockStart of blockStarts(blocks).slice(0, -1)) writer.u64(start + blockStart);
  return writer.toBuffer();
}

interface XattrBlocks {
  readonly store: readonly StoredBlock[];
  readonly sets: readonly StoredBlock[];
  readonly setCount: number;
}

async function writeXattrTable(output: Output, { store, sets, setCount }: XattrBlocks): Promise<number> {
  const storeStart = output.position;
  await output.write(joinBlocks(store));
  const positions = positionBytes(sets, output.position);
  await output.write(joinBlocks(sets));
  const table = output.position;
  const head = new Writer();
  writeXattrTableHead(head, { storeStart, setCount });
  await output.write(Buffer.concat([head.toBuffer(), positions]));
  return table;
}
