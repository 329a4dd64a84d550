import type { Reader, Writer } from './bytes.ts';

/**
 * Fragment entry, 16 bytes: start u64, block size u32 (dataBlock.ts), unused u32 (Linux, fs/squashfs/squashfs_fs.h:
 * struct squashfs_fragment_entry). The block there holds the last parts of several files.
 */
export interface FragmentEntry {
  readonly start: number;
  readonly size: number;
}

export const FRAGMENT_ENTRY_BYTES = 16;

export function parseFragmentEntry(reader: Reader): FragmentEntry {
  const entry = { start: reader.u64(), size: reader.u32() };
  reader.u32();
  return entry;
}

export function writeFragmentEntry(writer: Writer, { start, size }: FragmentEntry): void {
  writer.u64(start).u32(size).u32(0);
}
