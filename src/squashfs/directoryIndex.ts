import { type ByteSource, readerOf, type Writer } from './bytes.ts';
import { LONGEST_NAME_BYTES } from './directory.ts';
import { refuse } from './refuse.ts';

/**
 * An entry of the index behind an extended directory's inode: position in the listing u32, start of its metadata block in
 * the directory table u32, name bytes minus one u32, name (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_dir_index).
 * At that position starts a run whose first entry has that name, so a look-up can begin there.
 */
export interface DirectoryIndexEntry {
  readonly position: number;
  readonly block: number;
  readonly name: Buffer;
}

export const INDEX_HEADER_BYTES = 12;

export async function parseDirectoryIndexEntry(source: ByteSource): Promise<DirectoryIndexEntry> {
  const { origin } = source;
  const reader = await readerOf(source, INDEX_HEADER_BYTES);
  const [position, block, lastOfName] = [reader.u32(), reader.u32(), reader.u32()];
  if (lastOfName >= LONGEST_NAME_BYTES) throw refuse(origin, `a name of ${lastOfName + 1} bytes is not possible`);
  return { position, block, name: await source.take(lastOfName + 1) };
}

export function writeDirectoryIndexEntry(writer: Writer, { position, block, name }: DirectoryIndexEntry): void {
  writer
    .u32(position)
    .u32(block)
    .u32(name.length - 1)
    .bytes(name);
}
