import { type DirectoryEntry, parseDirectoryRun, runBytes } from './directory.ts';
import type { Image } from './image.ts';
import type { DirectoryInode } from './inodeDirectory.ts';
import { writeReference } from './metadataBlock.ts';
import { MetadataReader } from './metadataReader.ts';
import { refuse } from './refuse.ts';

export interface ListedEntry extends DirectoryEntry {
  readonly reference: number;
}

/** The entries of a directory. Refuses names that cannot be or are not sorted: every name is there once and is harmless. */
export async function* readListing(
  image: Image,
  { listing, listingBytes }: DirectoryInode,
): AsyncGenerator<ListedEntry> {
  if (listingBytes === 0) return;
  const source = new MetadataReader(image.blocks, image.directories, listing);
  let last: Buffer = Buffer.alloc(0);
  for (let done = 0; done < listingBytes; ) {
    const { origin } = source;
    const run = await parseDirectoryRun(source);
    done += runBytes(run);
    if (done > listingBytes) throw refuse(origin, 'a directory is longer than its inode says');
    for (const entry of run.entries) {
      if (!isPossible(entry.name)) throw refuse(origin, `"${entry.name.toString('latin1')}" cannot be a name`);
      if (Buffer.compare(last, entry.name) >= 0) {
        throw refuse(origin, `"${entry.name.toString('latin1')}" is not in the order of names`);
      }
      last = entry.name;
      yield { ...entry, reference: writeReference({ block: run.inodeBlock, offset: entry.inodeOffset }) };
    }
  }
}

function isPossible(name: Buffer): boolean {
  const isDots = name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
  return !isDots && !name.includes(0x2f) && !name.includes(0);
}
