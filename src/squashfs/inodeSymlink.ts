import { type ByteSource, readerOf, type Writer } from './bytes.ts';
import { refuse } from './refuse.ts';

export interface SymlinkInode {
  readonly kind: 'symlink';
  readonly target: Buffer;
  readonly linkCount: number;
  readonly xattrIndex: number | undefined;
}

/** Linux allows a page (PATH_MAX). */
const LONGEST_TARGET_BYTES = 4096;

/**
 * Behind the header (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_symlink_inode): links u32, target bytes u32, target;
 * the extended form has xattrs u32 behind the target.
 */
export async function parseSymlinkInode(
  source: ByteSource,
  { isExtended }: { isExtended: boolean },
): Promise<SymlinkInode> {
  const { origin } = source;
  const reader = await readerOf(source, 8);
  const [linkCount, targetBytes] = [reader.u32(), reader.u32()];
  if (targetBytes > LONGEST_TARGET_BYTES)
    throw refuse(origin, `a symbolic link of ${targetBytes} bytes is not possible`);
  const target = await source.take(targetBytes);
  const xattrIndex = isExtended ? (await readerOf(source, 4)).u32OrNone() : undefined;
  return { kind: 'symlink', target, linkCount, xattrIndex };
}

export function writeSymlinkInode(writer: Writer, { target, linkCount, xattrIndex }: SymlinkInode): void {
  writer.u32(linkCount).u32(target.length).bytes(target);
  if (xattrIndex !== undefined) writer.u32(xattrIndex);
}
