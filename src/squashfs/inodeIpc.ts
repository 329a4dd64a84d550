import { type ByteSource, readerOf, type Writer } from './bytes.ts';

export interface IpcInode {
  readonly kind: 'fifo' | 'socket';
  readonly linkCount: number;
  readonly xattrIndex: number | undefined;
}

/**
 * Behind the header (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_ipc_inode): links u32; the extended form has xattrs
 * u32 too.
 */
export async function parseIpcInode(
  source: ByteSource,
  kind: IpcInode['kind'],
  { isExtended }: { isExtended: boolean },
): Promise<IpcInode> {
  const reader = await readerOf(source, isExtended ? 8 : 4);
  return { kind, linkCount: reader.u32(), xattrIndex: isExtended ? reader.u32OrNone() : undefined };
}

export function writeIpcInode(writer: Writer, { linkCount, xattrIndex }: IpcInode): void {
  writer.u32(linkCount);
  if (xattrIndex !== undefined) writer.u32(xattrIndex);
}
