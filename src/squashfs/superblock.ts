import { Reader, type Writer } from './bytes.ts';
import { type Codec, codecIds, codecOfId } from './codec.ts';
import { refuse } from './refuse.ts';

/**
 * Superblock, the first 96 bytes of an image (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_super_block):
 *
 *      0 magic "hsqs" u32      4 inode count u32       8 mkfs time u32      12 block size u32
 *     16 fragment count u32   20 codec u16            22 block log u16      24 flags u16    26 id count u16
 *     28 major 4 u16          30 minor 0 u16          32 root inode u64     40 bytes used u64
 *     48 id table u64         56 xattr table u64      64 inode table u64    72 directory table u64
 *     80 fragment table u64   88 export table u64
 *
 * A table that is not there has a position of all ones. Behind it come the compressor options, if flag 0x400 is set.
 */
export interface Superblock {
  readonly inodeCount: number;
  readonly createdSeconds: number;
  readonly blockSizeBytes: number;
  readonly fragmentCount: number;
  readonly codec: Codec;
  readonly flags: number;
  readonly idCount: number;
  readonly rootInode: number;
  readonly bytesUsed: number;
  readonly idTable: number;
  readonly xattrTable: number | undefined;
  readonly inodeTable: number;
  readonly directoryTable: number;
  readonly fragmentTable: number | undefined;
  readonly exportTable: number | undefined;
}

export const SUPERBLOCK_BYTES = 96;
const MAGIC = 0x7371_7368;
const SMALLEST_BLOCK_BYTES = 4096;
const LARGEST_BLOCK_BYTES = 1 << 20;

export const superblockFlags = {
  inodesUncompressed: 0x001,
  dataUncompressed: 0x002,
  fragmentsUncompressed: 0x008,
  noFragments: 0x010,
  alwaysFragments: 0x020,
  deduplicated: 0x040,
  exportable: 0x080,
  xattrsUncompressed: 0x100,
  noXattrs: 0x200,
  compressorOptions: 0x400,
  idsUncompressed: 0x800,
} as const;

export function parseSuperblock(bytes: Buffer): Superblock {
  const reader = new Reader(bytes, { offset: 0 });
  if (reader.u32() !== MAGIC) throw refuse({ offset: 0 }, 'the magic "hsqs" is missing');
  const [inodeCount, createdSeconds] = [reader.u32(), reader.u32()];
  const blockSizeBytes = reader.u32();
  const [fragmentCount, codecId, blockLog] = [reader.u32(), reader.u16(), reader.u16()];
  const [flags, idCount, major, minor] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  if (major !== 4 || minor !== 0)
    throw refuse({ offset: 28 }, `version ${major}.${minor} is given, and only 4.0 is known`);
  const isAllowed = blockSizeBytes >= SMALLEST_BLOCK_BYTES && blockSizeBytes <= LARGEST_BLOCK_BYTES;
  if (!isAllowed || blockSizeBytes !== 2 ** blockLog) {
    throw refuse({ offset: 12 }, `a block size of ${blockSizeBytes} with logarithm ${blockLog} is not possible`);
  }
  const codec = codecOfId(codecId);
  if (codec === undefined) throw refuse({ offset: 20 }, `compressor ${codecId} is not known`);
  return {
    ...{ inodeCount, createdSeconds, blockSizeBytes, fragmentCount, codec, flags, idCount },
    rootInode: reader.u64(),
    bytesUsed: reader.u64(),
    idTable: reader.u64(),
    xattrTable: reader.u64OrNone(),
    inodeTable: reader.u64(),
    directoryTable: reader.u64(),
    fragmentTable: reader.u64OrNone(),
    exportTable: reader.u64OrNone(),
  };
}

export function writeSuperblock(writer: Writer, superblock: Superblock): void {
  const { blockSizeBytes, codec, flags, idCount } = superblock;
  writer.u32(MAGIC).u32(superblock.inodeCount).u32(superblock.createdSeconds).u32(blockSizeBytes);
  writer.u32(superblock.fragmentCount).u16(codecIds[codec]).u16(Math.log2(blockSizeBytes)).u16(flags).u16(idCount);
  writer.u16(4).u16(0).u64(superblock.rootInode).u64(superblock.bytesUsed);
  writer.u64(superblock.idTable).u64OrNone(superblock.xattrTable).u64(superblock.inodeTable);
  writer.u64(superblock.directoryTable).u64OrNone(superblock.fragmentTable).u64OrNone(superblock.exportTable);
}

/** Refuses tables that overlap or lie outside the image: they stand in this order, behind the data. */
export function checkTablePositions(superblock: Superblock, fileBytes: number): void {
  const { bytesUsed, inodeTable, directoryTable, fragmentTable, exportTable, idTable, xattrTable } = superblock;
  if (bytesUsed > fileBytes) {
    throw refuse({ offset: 40 }, `${bytesUsed} bytes are said to be used, and the file has ${fileBytes}`);
  }
  const positions: [name: string, offset: number, position: number | undefined][] = [
    ['inode', 64, inodeTable],
    ['directory', 72, directoryTable],
    ['fragment', 80, fragmentTable],
    ['export', 88, exportTable],
    ['id', 48, idTable],
    ['xattr', 56, xattrTable],
  ];
  let last = SUPERBLOCK_BYTES;
  for (const [name, offset, position] of positions) {
    if (position === undefined) continue;
    if (position < last || position > bytesUsed) {
      throw refuse({ offset }, `the ${name} table is said to be at ${position}, not between ${last} and ${bytesUsed}`);
    }
    last = position;
  }
}
