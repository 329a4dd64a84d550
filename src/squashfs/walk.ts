import { LivewrightError } from '../errors.ts';
import { INDEX_HEADER_BYTES } from './directoryIndex.ts';
import type { Image } from './image.ts';
import { type Inode, inodeTypes } from './inode.ts';
import { readInode } from './inodes.ts';
import { type ListedEntry, readListing } from './listing.ts';
import { METADATA_BYTES, parseReference } from './metadataBlock.ts';
import { refuse } from './refuse.ts';

export interface WalkedEntry {
  /** Relative to the root, without leading slash; the root itself is ".". */
  readonly path: string;
  readonly inode: Inode;
  /** Where the inode stands; names with the same one are hard links. */
  readonly reference: number;
}

/**
 * All names of the image, each directory before what is in it, names in the order of their bytes. Ends for every image:
 * a directory that is met twice is refused, and so is more than fits into the tables.
 */
export async function* walk(image: Image): AsyncGenerator<WalkedEntry> {
  const reference = image.superblock.rootInode;
  const inode = await readInode(image, reference);
  if (inode.kind !== 'directory') throw refuse({ offset: 32 }, 'the root is no directory');
  const limits = { entriesLeft: mostEntries(image), inodeBytesLeft: mostInodeBytes(image) };
  const walking: Walking = { image, seen: new Set([reference]), ...limits };
  yield { path: '.', inode, reference };
  // A stack of our own: images may nest deeper than generators should.
  const open = [{ path: '.', listing: readListing(image, inode) }];
  for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
    const { done, value } = await directory.listing.next();
    if (done) {
      open.pop();
      continue;
    }
    const entry = await visit(walking, directory.path, value);
    yield entry;
    if (entry.inode.kind === 'directory') open.push({ path: entry.path, listing: readListing(image, entry.inode) });
  }
}

interface Walking {
  readonly image: Image;
  readonly seen: Set<number>;
  entriesLeft: number;
  inodeBytesLeft: number;
}

/** As many as the directory table can hold, if listings do not overlap: blocks of at least 3 bytes, entries of 9. */
function mostEntries({ directories: { start, end }, superblock }: Image): number {
  const fitting = Math.ceil(((end - start) / 3) * (METADATA_BYTES / 9));
  // Hard links are few; a name for each inode, and ten times as many, is more than any system has.
  return Math.min(fitting, superblock.inodeCount * 10 + 65_536);
}

/**
 * As many bytes of inodes as are read in all; the same inode under many names counts for each. A table holds at most 8 KiB
 * for 3 bytes. Beyond a gigabyte nothing but zeros compresses to a sixty-fourth.
 */
function mostInodeBytes({ inodes: { start, end } }: Image): number {
  const fitting = ((end - start) / 3) * METADATA_BYTES;
  return Math.min(fitting, Math.max(1 << 30, (end - start) * 64));
}

/** The part of an inode that has no bound of its own: block sizes, or the index of a directory. */
function listBytes(inode: Inode): number {
  if (inode.kind === 'file') return inode.blocks.byteLength;
  return inode.kind === 'directory' ? inode.index.length * (INDEX_HEADER_BYTES + 1) : 0;
}

async function visit(walking: Walking, directory: string, listed: ListedEntry): Promise<WalkedEntry> {
  const { name, reference, type, inodeNumber } = listed;
  const { image, seen } = walking;
  const inode = await readInode(image, reference);
  const origin = { offset: image.inodes.start + parseReference(reference).block };
  walking.inodeBytesLeft -= listBytes(inode);
  if (walking.entriesLeft-- === 0 || walking.inodeBytesLeft < 0) {
    throw refuse(origin, 'there are more names, or longer inodes, than the tables can hold');
  }
  if (inodeTypes[inode.kind] !== type || inode.number !== inodeNumber) {
    throw refuse(origin, `the inode of "${name.toString('latin1')}" is not what its directory says`);
  }
  const path = joinName(directory, name);
  if (inode.kind !== 'directory') return { path, inode, reference };
  if (seen.has(reference)) throw refuse(origin, `the directory "${path}" is in two places`);
  seen.add(reference);
  return { path, inode, reference };
}

/** Longer ones nobody could open, and no tree of files has them. */
const LONGEST_PATH = 16_384;

function joinName(directory: string, bytes: Buffer): string {
  const name = bytes.toString();
  if (bytes.length !== Buffer.byteLength(name) || !Buffer.from(name).equals(bytes)) {
    throw new LivewrightError('NOT_SUPPORTED', {
      message: `The name "${bytes.toString('latin1')}" in "${directory}" of the SquashFS image is not UTF-8.`,
      hint: 'Use unsquashfs for this image.',
      data: { directory, bytes: bytes.toString('hex') },
    });
  }
  if (directory.length > LONGEST_PATH) {
    throw refuse({ offset: 0 }, `directories are too deep at "${directory.slice(0, 40)}..."`);
  }
  return directory === '.' ? name : `${directory}/${name}`;
}
