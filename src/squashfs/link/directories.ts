import { Writer } from '../bytes.ts';
import { writeDirectoryRun } from '../directory.ts';
import { type Inode, inodeTypes, writeInode } from '../inode.ts';
import type { MetadataPosition } from '../metadataBlock.ts';
import { headerOf, type InodeParts } from './leafInodes.ts';
import { type PlannedListing, planListing } from './listings.ts';
import type { LinkInode, LinkName, LinkTree } from './tree.ts';

export interface PlannedDirectory {
  readonly inode: LinkInode;
  readonly listing: PlannedListing;
  /** Where in the content of the directory table its listing begins. */
  readonly listingAt: number;
}

/** Where a byte of a table's content is, once its blocks are known. */
export type Locate = (at: number) => MetadataPosition;

interface Planning {
  readonly parts: InodeParts;
  /** Where in the content of the inode table each inode begins; those of directories are added. */
  readonly at: Map<LinkInode, number>;
  /** Where the directories' inodes begin. */
  readonly leafBytes: number;
}

/**
 * Gives every directory its place behind the other inodes, those within before those around them: a listing needs the
 * places of the inodes it names.
 */
export function planDirectories({ root, inodes }: LinkTree, { parts, at, leafBytes }: Planning): PlannedDirectory[] {
  const planned: PlannedDirectory[] = [];
  let [inodeAt, listingAt] = [leafBytes, 0];
  const visit = (inode: LinkInode): void => {
    for (const { inode: child } of inode.names) if (child.entry.kind === 'directory') visit(child);
    const directory = { inode, listing: planListing(inode.names, at), listingAt };
    planned.push(directory);
    at.set(inode, inodeAt);
    inodeAt += writeDirectory(directory, nowhere, { ...parts, inodeCount: inodes.length }).length;
    listingAt += directory.listing.sizeBytes;
  };
  visit(root);
  return planned;
}

/** An inode's size does not depend on places. */
const nowhere: Locate = () => ({ block: 0, offset: 0 });

/** The inode of a directory. */
export function writeDirectory(
  { inode, listing, listingAt }: PlannedDirectory,
  locate: Locate,
  parts: InodeParts & { readonly inodeCount: number },
): Buffer {
  const directory: Inode = {
    ...headerOf(inode, parts),
    kind: 'directory',
    listing: locate(listingAt),
    listingBytes: listing.sizeBytes,
    linkCount: inode.linkCount,
    // As mksquashfs has it, the parent of the root is the number behind the last.
    parentNumber: inode.parent?.number ?? parts.inodeCount + 1,
    xattrIndex: parts.xattrs.placeOf.get(inode),
    index: listing.runs
      .filter(({ isIndexed }) => isIndexed)
      .map(({ position, names }) => ({ position, block: locate(listingAt + position).block, name: names[0]!.name })),
  };
  const writer = new Writer();
  writeInode(writer, directory);
  return writer.toBuffer();
}

/** The content of the directory table. */
export function writeListings(
  planned: readonly PlannedDirectory[],
  positionOf: (inode: LinkInode) => MetadataPosition,
) {
  const writer = new Writer(1 << 20);
  for (const { listing } of planned) {
    for (const { names } of listing.runs) {
      const { number } = names[0]!.inode;
      const inodeBlock = positionOf(names[0]!.inode).block;
      writeDirectoryRun(writer, { inodeBlock, inodeNumber: number, entries: names.map(toEntry) });
    }
  }
  return Buffer.from(writer.toBuffer());

  function toEntry({ name, inode }: LinkName) {
    const type = inodeTypes[inode.entry.kind];
    return { name, type, inodeNumber: inode.number, inodeOffset: positionOf(inode).offset };
  }
}
