/**
 * Metadata block: up to 8 KiB of a table, behind a header of 16 bits: stored bytes (1 to 8192) in bits 0 to 14, bit 15
 * set if they are not compressed. Every block of a table but the last holds 8 KiB
 * (Linux, fs/squashfs/squashfs_fs.h: SQUASHFS_COMPRESSED_BIT).
 */
export interface MetadataHeader {
  readonly storedBytes: number;
  readonly compressed: boolean;
}

export const METADATA_BYTES = 8192;
export const METADATA_HEADER_BYTES = 2;

export function parseMetadataHeader(field: number): MetadataHeader {
  // A size of 0 stands for 0x8000 in old images; there is nothing so large.
  return { storedBytes: field & 0x7fff, compressed: (field & 0x8000) === 0 };
}

export function writeMetadataHeader({ storedBytes, compressed }: MetadataHeader): number {
  return storedBytes | (compressed ? 0 : 0x8000);
}

/** Where something stands in a table: the start of its metadata block behind the table's start, and the byte in it. */
export interface MetadataPosition {
  readonly block: number;
  readonly offset: number;
}

/** Inode and xattr references: block in bits 16 to 63, offset in bits 0 to 15. */
export function parseReference(reference: number): MetadataPosition {
  return { block: Math.floor(reference / 0x1_0000), offset: reference % 0x1_0000 };
}

export function writeReference({ block, offset }: MetadataPosition): number {
  return block * 0x1_0000 + offset;
}
