/**
 * "newc", the archive that the kernel unpacks an initramfs from (Documentation/driver-api/early-userspace/buffer-format.rst):
 *
 * ```
 * 070701 ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check   8 hex digits each
 * name NUL, zeros up to a multiple of 4 | data, zeros up to a multiple of 4
 * ```
 */
export interface CpioEntry {
  readonly name: string;
  /** File type and permissions, as in stat(2). */
  readonly mode: number;
  readonly sizeBytes: number;
  readonly inode: number;
  readonly mtimeSeconds: number;
}

/** The largest file that an entry can have. */
export const cpioLimitBytes = 0xffff_ffff;

/** What stands before an entry's data. */
export function cpioHeader({ name, mode, sizeBytes, inode, mtimeSeconds }: CpioEntry): Buffer {
  if (sizeBytes > cpioLimitBytes) throw new Error(`${name} is too large for a cpio archive`);
  const nameBytes = Buffer.from(`${name}\0`);
  const fields = [inode, mode, 0, 0, 1, mtimeSeconds, sizeBytes, 0, 0, 0, 0, nameBytes.length, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return pad(Buffer.concat([Buffer.from(head), nameBytes]));
}

/** The end of an archive. */
export function cpioTrailer(): Buffer {
  return cpioHeader({ name: 'TRAILER!!!', mode: 0, sizeBytes: 0, inode: 0, mtimeSeconds: 0 });
}

/** Zeros that follow so many bytes. */
export function cpioPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((4 - (sizeBytes % 4)) % 4);
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, cpioPadding(bytes.length)]);
}
