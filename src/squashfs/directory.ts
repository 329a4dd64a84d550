import { type ByteSource, readerOf, type Writer } from './bytes.ts';
import { refuse } from './refuse.ts';

/**
 * A directory's listing: runs of entries, each behind a header (Linux, fs/squashfs/squashfs_fs.h: struct
 * squashfs_dir_header, squashfs_dir_entry). A run shares one metadata block of the inode table and a base of numbers.
 *
 *     header, 12 bytes:  entries minus one u32, inode block u32, inode number u32
 *     entry:             offset in the block u16, number minus the header's i16, type u16, name bytes minus one u16, name
 *
 * The type is that of the basic inode, also for extended ones. Entries are sorted by the bytes of their names.
 */
export interface DirectoryRun {
  readonly inodeBlock: number;
  readonly inodeNumber: number;
  readonly entries: readonly DirectoryEntry[];
}

export interface DirectoryEntry {
  readonly inodeOffset: number;
  readonly inodeNumber: number;
  readonly type: number;
  readonly name: Buffer;
}

export const RUN_HEADER_BYTES = 12;
export const ENTRY_HEADER_BYTES = 8;
export const LARGEST_RUN = 256;
export const LONGEST_NAME_BYTES = 256;

export async function parseDirectoryRun(source: ByteSource): Promise<DirectoryRun> {
  const { origin } = source;
  const header = await readerOf(source, RUN_HEADER_BYTES);
  const [last, inodeBlock, inodeNumber] = [header.u32(), header.u32(), header.u32()];
  if (last >= LARGEST_RUN) throw refuse(origin, `a run of ${last + 1} directory entries is not possible`);
  const entries: DirectoryEntry[] = [];
  for (let count = 0; count <= last; count++) entries.push(await parseEntry(source, inodeNumber));
  return { inodeBlock, inodeNumber, entries };
}

async function parseEntry(source: ByteSource, base: number): Promise<DirectoryEntry> {
  const { origin } = source;
  const reader = await readerOf(source, ENTRY_HEADER_BYTES);
  const [inodeOffset, delta, type, lastOfName] = [reader.u16(), reader.i16(), reader.u16(), reader.u16()];
  if (lastOfName >= LONGEST_NAME_BYTES) throw refuse(origin, `a name of ${lastOfName + 1} bytes is not possible`);
  return { inodeOffset, inodeNumber: base + delta, type, name: await source.take(lastOfName + 1) };
}

export function writeDirectoryRun(writer: Writer, { inodeBlock, inodeNumber, entries }: DirectoryRun): void {
  writer
    .u32(entries.length - 1)
    .u32(inodeBlock)
    .u32(inodeNumber);
  for (const entry of entries) {
    writer
      .u16(entry.inodeOffset)
      .i16(entry.inodeNumber - inodeNumber)
      .u16(entry.type);
    writer.u16(entry.name.length - 1).bytes(entry.name);
  }
}

export function runBytes(run: Pick<DirectoryRun, 'entries'>): number {
  return run.entries.reduce((sum, { name }) => sum + ENTRY_HEADER_BYTES + name.length, RUN_HEADER_BYTES);
}
