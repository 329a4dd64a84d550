import type { TreeEntry } from './tree.ts';
import type { ExtType } from './types.ts';

export const extBlockBytes = 4096;

export interface ExtSize {
  readonly bytes: number;
  readonly inodes: number;
  /** 0: none. */
  readonly journalMib: number;
}

const inodeBytes = 256;
/** For what a user puts beside the live system. */
const spareInodes = 256;
const slackShare = 0.02;
const slackBlocks = 1024;
/** A block of the block bitmap counts the blocks of a group. */
const blocksInGroup = 8 * extBlockBytes;
/** Of ext2 and ext3: a block of block numbers. */
const blocksInIndirect = extBlockBytes / 4;

/**
 * What the tree takes as ext2, ext3 or ext4, a little too much rather than too little; in whole MiB. The journal is the
 * smallest there is: who boots from it hardly writes.
 */
export function extSize(type: ExtType, entries: readonly TreeEntry[]): ExtSize {
  const inodes = entries.length + spareInodes;
  const journalMib = type === 'ext2' ? 0 : 4;
  const journalBlocks = (journalMib * 1024 * 1024) / extBlockBytes;
  const data = contentBlocks(entries) + journalBlocks + (inodes * inodeBytes) / extBlockBytes;
  const wanted = data * (1 + slackShare) + slackBlocks;
  // Superblock copy, descriptors, two bitmaps, inodes rounded up: for each group.
  const groups = Math.ceil(wanted / blocksInGroup);
  const blocks = wanted + groups * 16;
  const mib = 1024 * 1024;
  return { bytes: Math.ceil((blocks * extBlockBytes) / mib) * mib, inodes, journalMib };
}

function contentBlocks(entries: readonly TreeEntry[]): number {
  // A file with several names is stored once.
  const files = new Map(entries.map(({ stats }) => [`${stats.dev}:${stats.ino}`, stats]));
  let blocks = 0;
  for (const stats of files.values()) {
    const own = stats.isDirectory() ? 1 : Math.ceil(stats.size / extBlockBytes);
    blocks += own + Math.ceil(own / blocksInIndirect) + (own > blocksInIndirect ? 2 : 0);
  }
  // Names: at most 264 bytes each.
  const names = entries.reduce((sum, { path }) => sum + 12 + path.length - path.lastIndexOf('/'), 0);
  return blocks + Math.ceil((names * 1.5) / extBlockBytes);
}
