import { type FileHandle, open } from 'node:fs/promises';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { Blocks } from './blocks.ts';
import { Reader } from './bytes.ts';
import { type CompressorOptions, parseCompressorOptions } from './compressorOptions.ts';
import { FRAGMENT_ENTRY_BYTES } from './fragment.ts';
import { ImageFile } from './imageFile.ts';
import { IndexedTable } from './indexedTable.ts';
import { METADATA_HEADER_BYTES, parseMetadataHeader } from './metadataBlock.ts';
import type { TableRange } from './metadataReader.ts';
import { namingImage, refuse } from './refuse.ts';
import {
  checkTablePositions,
  parseSuperblock,
  SUPERBLOCK_BYTES,
  type Superblock,
  superblockFlags,
} from './superblock.ts';
import { XattrReader } from './xattrReader.ts';
import { parseXattrTableHead, XATTR_SET_BYTES, XATTR_TABLE_HEAD_BYTES } from './xattrTable.ts';

/** An open image: its superblock, and where its tables are. Nothing of the tables themselves is read yet. */
export interface Image {
  readonly path: string;
  readonly file: ImageFile;
  readonly blocks: Blocks;
  readonly superblock: Superblock;
  readonly compressorOptions: CompressorOptions | undefined;
  readonly inodes: TableRange;
  readonly directories: TableRange;
  readonly ids: IndexedTable;
  readonly fragments: IndexedTable;
  readonly exports: IndexedTable | undefined;
  readonly xattrs: XattrReader | undefined;
}

/** Opens the image at `path` for `use` and closes it. Throws IMAGE_NOT_FOUND, or SQUASHFS_FORMAT with the offset. */
export async function withImage<T>(path: string, use: (image: Image) => Promise<T>): Promise<T> {
  const handle = await openFile(path);
  try {
    const stats = await handle.stat();
    return await namingImage(path, async () => {
      if (!stats.isFile()) throw refuse({ offset: 0 }, 'there is no file but something else');
      return use(await readHead(new ImageFile(handle, stats.size), path));
    });
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const handle = await orIfAbsent(open(path, 'r'), undefined);
  if (handle !== undefined) return handle;
  throw new LivewrightError('IMAGE_NOT_FOUND', {
    message: `There is no SquashFS image ${path}.`,
    hint: 'Check the path.',
    place: { path },
  });
}

async function readHead(file: ImageFile, path: string): Promise<Image> {
  if (file.sizeBytes < SUPERBLOCK_BYTES) throw refuse({ offset: 0 }, 'there is no room for a superblock');
  const superblock = parseSuperblock(await file.read(0, SUPERBLOCK_BYTES));
  checkTablePositions(superblock, file.sizeBytes);
  file.shrinkTo(superblock.bytesUsed);
  const compressorOptions = await readCompressorOptions(file, superblock);
  const dictionaryBytes = compressorOptions?.codec === 'xz' ? compressorOptions.dictionaryBytes : undefined;
  const blocks = new Blocks(file, { ...superblock, dictionaryBytes });
  return { path, file, blocks, superblock, compressorOptions, ...(await findTables({ file, blocks }, superblock)) };
}

async function readCompressorOptions(file: ImageFile, superblock: Superblock): Promise<CompressorOptions | undefined> {
  if ((superblock.flags & superblockFlags.compressorOptions) === 0) return undefined;
  const field = await file.read(SUPERBLOCK_BYTES, METADATA_HEADER_BYTES);
  const { storedBytes, compressed } = parseMetadataHeader(field.readUInt16LE());
  if (compressed) throw refuse({ offset: SUPERBLOCK_BYTES }, 'the compressor options are compressed');
  const offset = SUPERBLOCK_BYTES + METADATA_HEADER_BYTES;
  return parseCompressorOptions(new Reader(await file.read(offset, storedBytes), { offset }), superblock.codec);
}

async function findTables(parts: { file: ImageFile; blocks: Blocks }, superblock: Superblock) {
  const { inodeTable, directoryTable, fragmentTable, exportTable, idTable, xattrTable } = superblock;
  const { fragmentCount, inodeCount, idCount } = superblock;
  const table = (name: string, positions: number, count: number, entryBytes: number) =>
    new IndexedTable(parts, { name, positions, count, entryBytes });
  if (fragmentCount > 0 && fragmentTable === undefined) throw refuse({ offset: 80 }, 'the fragment table is missing');
  const fragments = table('fragment', fragmentTable ?? 0, fragmentCount, FRAGMENT_ENTRY_BYTES);
  const exports = exportTable === undefined ? undefined : table('export', exportTable, inodeCount, 8);
  // Fragment and export tables begin with blocks; the directory table ends where the first of them begins.
  const directoriesEnd = (await fragments.start()) ?? (await exports?.start()) ?? idTable;
  if (directoriesEnd < directoryTable || directoriesEnd > idTable) {
    throw refuse({ offset: directoryTable }, `the directory table is said to end at ${directoriesEnd}`);
  }
  return {
    inodes: { start: inodeTable, end: directoryTable },
    directories: { start: directoryTable, end: directoriesEnd },
    ids: table('id', idTable, idCount, 4),
    fragments,
    exports,
    xattrs: xattrTable === undefined ? undefined : await findXattrs(parts, xattrTable),
  };
}

async function findXattrs(parts: { file: ImageFile; blocks: Blocks }, offset: number) {
  const head = parseXattrTableHead(new Reader(await parts.file.readTable(offset, XATTR_TABLE_HEAD_BYTES), { offset }));
  const sets = new IndexedTable(parts, {
    name: 'xattr',
    positions: offset + XATTR_TABLE_HEAD_BYTES,
    count: head.setCount,
    entryBytes: XATTR_SET_BYTES,
  });
  if (head.storeStart > offset) throw refuse({ offset }, `the xattr store is said to start at ${head.storeStart}`);
  const store = { start: head.storeStart, end: (await sets.start()) ?? offset };
  return new XattrReader(parts.blocks, { sets, store });
}
