import { type ByteSource, readerOf, type Writer } from './bytes.ts';
import { type DeviceInode, parseDeviceInode, writeDeviceInode } from './inodeDevice.ts';
import {
  type DirectoryInode,
  isExtendedDirectory,
  parseDirectoryInode,
  writeDirectoryInode,
} from './inodeDirectory.ts';
import { type FileInode, isExtendedFile, parseFileInode, writeFileInode } from './inodeFile.ts';
import { type IpcInode, parseIpcInode, writeIpcInode } from './inodeIpc.ts';
import { parseSymlinkInode, type SymlinkInode, writeSymlinkInode } from './inodeSymlink.ts';
import { refuse } from './refuse.ts';

/** What every inode begins with. Ids are places in the id table; `mode` has the twelve bits of permissions. */
export interface InodeHeader {
  readonly mode: number;
  readonly uidIndex: number;
  readonly gidIndex: number;
  readonly mtimeSeconds: number;
  readonly number: number;
}

export type InodeBody = FileInode | DirectoryInode | SymlinkInode | DeviceInode | IpcInode;
export type Inode = InodeHeader & InodeBody;
export type InodeKind = Inode['kind'];

/** Numbers of the basic types, as directories have them too; the extended type is seven more. */
export const inodeTypes = {
  directory: 1,
  file: 2,
  symlink: 3,
  'block-device': 4,
  'character-device': 5,
  fifo: 6,
  socket: 7,
} as const satisfies Record<InodeKind, number>;

const EXTENDED = 7;
const HEADER_BYTES = 16;
/** In the order of their numbers. */
const kinds = Object.keys(inodeTypes) as InodeKind[];

/**
 * Inode header, 16 bytes (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_base_inode): type u16, mode u16, uid index u16,
 * gid index u16, mtime u32, inode number u32. What follows depends on the type.
 */
export async function parseInode(source: ByteSource, blockSizeBytes: number): Promise<Inode> {
  const { origin } = source;
  const reader = await readerOf(source, HEADER_BYTES);
  const [type, mode, uidIndex, gidIndex] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  const [mtimeSeconds, number] = [reader.u32(), reader.u32()];
  const isExtended = type > EXTENDED;
  const kind = kinds[(isExtended ? type - EXTENDED : type) - 1];
  if (kind === undefined) throw refuse(origin, `inode type ${type} is not known`);
  if (mode > 0o7777) throw refuse(origin, `mode ${mode.toString(8)} has more than permissions`);
  const body = await parseBody(source, kind, { isExtended, blockSizeBytes });
  return { ...body, mode, uidIndex, gidIndex, mtimeSeconds, number };
}

interface BodyOptions {
  readonly isExtended: boolean;
  readonly blockSizeBytes: number;
}

function parseBody(source: ByteSource, kind: InodeKind, options: BodyOptions): Promise<InodeBody> {
  switch (kind) {
    case 'file':
      return parseFileInode(source, options);
    case 'directory':
      return parseDirectoryInode(source, options);
    case 'symlink':
      return parseSymlinkInode(source, options);
    case 'block-device':
    case 'character-device':
      return parseDeviceInode(source, kind, options);
    case 'fifo':
    case 'socket':
      return parseIpcInode(source, kind, options);
  }
}

/** Writes the basic form where that can hold the inode, else the extended one. */
export function writeInode(writer: Writer, inode: Inode): void {
  writer.u16(inodeTypes[inode.kind] + (isExtendedInode(inode) ? EXTENDED : 0)).u16(inode.mode);
  writer.u16(inode.uidIndex).u16(inode.gidIndex).u32(inode.mtimeSeconds).u32(inode.number);
  switch (inode.kind) {
    case 'file':
      writeFileInode(writer, inode);
      break;
    case 'directory':
      writeDirectoryInode(writer, inode);
      break;
    case 'symlink':
      writeSymlinkInode(writer, inode);
      break;
    case 'block-device':
    case 'character-device':
      writeDeviceInode(writer, inode);
      break;
    case 'fifo':
    case 'socket':
      writeIpcInode(writer, inode);
  }
}

function isExtendedInode(inode: Inode): boolean {
  if (inode.kind === 'file') return isExtendedFile(inode);
  if (inode.kind === 'directory') return isExtendedDirectory(inode);
  return inode.xattrIndex !== undefined;
}
