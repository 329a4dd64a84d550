/** Compressors by their number in the superblock (Linux, fs/squashfs/squashfs_fs.h). */
export const codecIds = { gzip: 1, lzma: 2, lzo: 3, xz: 4, lz4: 5, zstd: 6 } as const;

export type Codec = keyof typeof codecIds;

export function codecOfId(id: number): Codec | undefined {
  return (Object.keys(codecIds) as Codec[]).find((codec) => codecIds[codec] === id);
}
