import { type ByteSource, readerOf, type Writer } from './bytes.ts';

export interface DeviceInode {
  readonly kind: 'block-device' | 'character-device';
  readonly major: number;
  readonly minor: number;
  readonly linkCount: number;
  readonly xattrIndex: number | undefined;
}

/**
 * Behind the header (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_dev_inode): links u32, device u32; the extended form
 * has xattrs u32 too. The device has the minor number in bits 0 to 7 and 20 to 31, the major one in bits 8 to 19
 * (include/linux/kdev_t.h: new_encode_dev).
 */
export async function parseDeviceInode(
  source: ByteSource,
  kind: DeviceInode['kind'],
  { isExtended }: { isExtended: boolean },
): Promise<DeviceInode> {
  const reader = await readerOf(source, isExtended ? 12 : 8);
  const [linkCount, device] = [reader.u32(), reader.u32()];
  const [major, minor] = [(device >>> 8) & 0xfff, (device & 0xff) | ((device >>> 12) & 0xf_ff00)];
  return { kind, major, minor, linkCount, xattrIndex: isExtended ? reader.u32OrNone() : undefined };
}

export function writeDeviceInode(writer: Writer, { major, minor, linkCount, xattrIndex }: DeviceInode): void {
  writer.u32(linkCount).u32(((minor & 0xff) | (major << 8) | ((minor & 0xf_ff00) << 12)) >>> 0);
  if (xattrIndex !== undefined) writer.u32(xattrIndex);
}
