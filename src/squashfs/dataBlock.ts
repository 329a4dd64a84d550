/**
 * Size of a data or fragment block as inodes and the fragment table have it, 32 bits: stored bytes in bits 0 to 23, bit 24
 * set if they are not compressed. A data block of size 0 is a hole (Linux, fs/squashfs/squashfs_fs.h:
 * SQUASHFS_COMPRESSED_BIT_BLOCK).
 */
export interface BlockSize {
  readonly storedBytes: number;
  readonly compressed: boolean;
}

export function parseBlockSize(field: number): BlockSize {
  return { storedBytes: field & 0xff_ffff, compressed: (field & 0x100_0000) === 0 };
}

export function writeBlockSize({ storedBytes, compressed }: BlockSize): number {
  return storedBytes | (compressed ? 0 : 0x100_0000);
}

/** Just the stored bytes of a size field. */
export function storedBytesOf(field: number): number {
  return field & 0xff_ffff;
}
