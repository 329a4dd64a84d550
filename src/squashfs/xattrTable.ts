import type { Reader, Writer } from './bytes.ts';

/**
 * Head of the xattr table, to which the superblock points (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_xattr_id_table):
 * start of the key/value store u64, number of sets u32, unused u32; behind it the positions of the sets' metadata blocks.
 */
export interface XattrTableHead {
  readonly storeStart: number;
  readonly setCount: number;
}

export const XATTR_TABLE_HEAD_BYTES = 16;

export function parseXattrTableHead(reader: Reader): XattrTableHead {
  const head = { storeStart: reader.u64(), setCount: reader.u32() };
  reader.u32();
  return head;
}

export function writeXattrTableHead(writer: Writer, { storeStart, setCount }: XattrTableHead): void {
  writer.u64(storeStart).u32(setCount).u32(0);
}

/**
 * The attributes of an inode, 16 bytes (struct squashfs_xattr_id): reference of the first in the store u64, how many u32,
 * bytes that they take as text u32: names in full with a zero behind each, and values.
 */
export interface XattrSet {
  readonly reference: number;
  readonly count: number;
  readonly textBytes: number;
}

export const XATTR_SET_BYTES = 16;

export function parseXattrSet(reader: Reader): XattrSet {
  return { reference: reader.u64(), count: reader.u32(), textBytes: reader.u32() };
}

export function writeXattrSet(writer: Writer, { reference, count, textBytes }: XattrSet): void {
  writer.u64(reference).u32(count).u32(textBytes);
}
