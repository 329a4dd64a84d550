import { ENTRY_HEADER_BYTES, LARGEST_RUN, RUN_HEADER_BYTES } from '../directory.ts';
import { METADATA_BYTES } from '../metadataBlock.ts';
import type { LinkInode, LinkName } from './tree.ts';

/** Names that stand together in a listing: inodes of one metadata block, numbers close to each other. */
export interface PlannedRun {
  readonly names: readonly LinkName[];
  /** Where in the listing it begins. */
  readonly position: number;
  /** A look-up can begin here. */
  readonly isIndexed: boolean;
}

export interface PlannedListing {
  readonly runs: readonly PlannedRun[];
  readonly sizeBytes: number;
}

/**
 * Divides a directory into runs. Its size follows from where the inodes are before they are compressed; where their blocks
 * are afterwards does not change it.
 */
export function planListing(names: readonly LinkName[], at: ReadonlyMap<LinkInode, number>): PlannedListing {
  const runs: { names: LinkName[]; position: number; isIndexed: boolean }[] = [];
  let sizeBytes = 0;
  let indexedAt = 0;
  for (const name of names) {
    const entryBytes = ENTRY_HEADER_BYTES + name.name.length;
    // As mksquashfs does, an entry of the index for each 8 KiB: the kernel then reads no more than that.
    const isFar = sizeBytes + entryBytes + RUN_HEADER_BYTES - indexedAt > METADATA_BYTES;
    const run = runs.at(-1);
    if (run !== undefined && !isFar && fits(run.names, name, at)) {
      run.names.push(name);
    } else {
      if (isFar) indexedAt = sizeBytes;
      runs.push({ names: [name], position: sizeBytes, isIndexed: isFar });
      sizeBytes += RUN_HEADER_BYTES;
    }
    sizeBytes += entryBytes;
  }
  return { runs, sizeBytes };
}

function fits(names: readonly LinkName[], { inode }: LinkName, at: ReadonlyMap<LinkInode, number>): boolean {
  const first = names[0]!.inode;
  const delta = inode.number - first.number;
  const isSameBlock = blockOf(first, at) === blockOf(inode, at);
  return names.length < LARGEST_RUN && isSameBlock && delta >= -0x8000 && delta <= 0x7fff;
}

function blockOf(inode: LinkInode, at: ReadonlyMap<LinkInode, number>): number {
  return Math.floor(at.get(inode)! / METADATA_BYTES);
}
