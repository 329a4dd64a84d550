import { METADATA_BYTES, writeReference } from '../metadataBlock.ts';
import type { StoredBlock } from './compressor.ts';
import { type Locate, planDirectories, writeDirectory, writeListings } from './directories.ts';
import { type InodeParts, writeLeafInodes } from './leafInodes.ts';
import { blockStarts, cutBlocks, positionOf } from './metadataStream.ts';
import type { LinkInode, LinkTree } from './tree.ts';

/** The inode table but for the content of its end, and the content of the directory table. */
export interface InodeTables {
  readonly listings: Buffer;
  readonly referenceOf: (inode: LinkInode) => number;
  /** The blocks of the inode table, given where the blocks of the directory table start. */
  readonly finish: (listingStarts: readonly number[]) => readonly StoredBlock[];
}

export interface InodePlan {
  /** The beginning of the inode table: whole blocks of what refers to no other table. */
  readonly head: Buffer;
  /** Lays the tables, given the head as it is stored. */
  readonly lay: (head: readonly StoredBlock[]) => InodeTables;
}

/**
 * Directories and inodes refer to each other by the places of their compressed blocks, which is a circle. It is broken by
 * leaving one part uncompressed, the inodes of directories, which stand at the end of the inode table:
 *
 *     other inodes, compressed ─▶ places of all inodes ─▶ directory table, compressed ─▶ inodes of directories
 */
export function planInodes(tree: LinkTree, parts: InodeParts): InodePlan {
  const { bytes: leaves, at } = writeLeafInodes(tree, parts);
  const planned = planDirectories(tree, { parts, at, leafBytes: leaves.length });
  const wholeBytes = Math.floor(leaves.length / METADATA_BYTES) * METADATA_BYTES;
  const directoryParts = { ...parts, inodeCount: tree.inodes.length };
  const tail = (locate: Locate): StoredBlock[] => {
    const directories = planned.map((directory) => writeDirectory(directory, locate, directoryParts));
    return storeAsIs(Buffer.concat([leaves.subarray(wholeBytes), ...directories]));
  };
  const lay = (head: readonly StoredBlock[]): InodeTables => {
    const starts = blockStarts([...head, ...tail(() => ({ block: 0, offset: 0 }))]);
    const place = (inode: LinkInode) => positionOf(at.get(inode)!, starts);
    return {
      listings: writeListings(planned, place),
      referenceOf: (inode) => writeReference(place(inode)),
      finish: (listingStarts) => [...head, ...tail((listingAt) => positionOf(listingAt, listingStarts))],
    };
  };
  return { head: leaves.subarray(0, wholeBytes), lay };
}

function storeAsIs(bytes: Buffer): StoredBlock[] {
  return cutBlocks(bytes).map((block) => ({ bytes: block, compressed: false }));
}
