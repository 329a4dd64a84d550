import { open } from 'node:fs/promises';

/**
 * Bytes in use in the ext2, ext3 or ext4 file system in `file`, those of its own tables among them.
 *
 * ```
 * 1024 + 4    s_blocks_count_lo
 *      + 12   s_free_blocks_count_lo
 *      + 24   s_log_block_size: 1024 << it
 *      + 56   s_magic: 0xEF53
 * ```
 * ext4's on-disk layout, "The Super Block" (kernel documentation, filesystems/ext4/super.rst). System images stay below the 16 TB
 * from where on the counters have upper halves.
 */
export async function extUsedBytes(file: string): Promise<number> {
  const handle = await open(file);
  try {
    const superblock = Buffer.alloc(60);
    await handle.read(superblock, 0, superblock.length, 1024);
    if (superblock.readUInt16LE(56) !== 0xef53) throw new Error(`${file} is no ext file system.`);
    const blocks = superblock.readUInt32LE(4) - superblock.readUInt32LE(12);
    return blocks * (1024 << superblock.readUInt32LE(24));
  } finally {
    await handle.close();
  }
}
