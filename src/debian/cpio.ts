import { LivewrightError } from '../errors.ts';

/** One member of an archive in the "newc" format of cpio, which the kernel unpacks as its first root. */
export interface CpioEntry {
  /** Relative, without `./`; empty for the root itself. */
  readonly path: string;
  /** Type and permissions, as in stat(2). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  /** Of a device: major and minor number. */
  readonly device?: readonly [number, number];
  /** Entries with the same number are names of one file. */
  readonly link?: number;
  /** The content of a file, the target of a link. */
  readonly data: Buffer;
}

/*
 * The kernel's Documentation/driver-api/early-userspace/buffer-format.rst: "070701" and thirteen fields of eight hex
 * digits (ino, mode, uid, gid, nlink, mtime, filesize, maj, min, rmaj, rmin, namesize, chksum), the name with its NUL,
 * the data; name and data are padded to four bytes. The last member is named TRAILER!!!.
 */
const MAGIC = '070701';
const HEADER_BYTES = 110;
const TRAILER = 'TRAILER!!!';
const field = {
  ino: 0,
  mode: 1,
  uid: 2,
  gid: 3,
  nlink: 4,
  mtime: 5,
  size: 6,
  rmaj: 9,
  rmin: 10,
  nameSize: 11,
} as const;

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4; // not by bits: archives may have more than 2 GiB

/** Reads an archive, or several one after the other. `name` is for words to the user. Throws ARCHIVE_FORMAT. */
export function parseCpio(bytes: Buffer, name: string): CpioEntry[] {
  const entries: CpioEntry[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes[offset] === 0) {
      offset += 1;
      continue;
    }
    const { entry, end } = readMember(bytes, offset, name);
    if (entry.path !== TRAILER) entries.push(entry);
    offset = end;
  }
  return entries;
}

function readMember(bytes: Buffer, start: number, name: string): { readonly entry: CpioEntry; readonly end: number } {
  if (bytes.toString('latin1', start, start + MAGIC.length) !== MAGIC) throw damaged(name, start);
  const numberAt = (index: number): number => {
    const at = start + MAGIC.length + index * 8;
    const text = bytes.toString('latin1', at, at + 8);
    if (!/^[0-9a-fA-F]{8}$/.test(text)) throw damaged(name, at);
    return Number.parseInt(text, 16);
  };
  const nameStart = start + HEADER_BYTES;
  const dataStart = padded(nameStart + numberAt(field.nameSize));
  const dataEnd = dataStart + numberAt(field.size);
  if (numberAt(field.nameSize) === 0 || dataEnd > bytes.length) throw damaged(name, start);
  const path = bytes
    .toString('utf8', nameStart, nameStart + numberAt(field.nameSize) - 1)
    .replace(/^(\.?\/+)+|^\.$/, '');
  const mode = numberAt(field.mode);
  const isDevice = (mode & 0o170000) === 0o020000 || (mode & 0o170000) === 0o060000;
  const isDirectory = (mode & 0o170000) === 0o040000;
  const entry = {
    ...{ path, mode, uid: numberAt(field.uid), gid: numberAt(field.gid), mtimeSeconds: numberAt(field.mtime) },
    ...(isDevice && { device: [numberAt(field.rmaj), numberAt(field.rmin)] as const }),
    ...(!isDirectory && numberAt(field.nlink) > 1 && { link: numberAt(field.ino) }),
    data: bytes.subarray(dataStart, dataEnd),
  };
  return { entry, end: padded(dataEnd) };
}

/** Writes an archive, in the order of the entries. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const links = new Map<number, { readonly ino: number; readonly count: number }>();
  const parts: Buffer[] = [];
  for (const [index, entry] of entries.entries()) {
    const known = entry.link === undefined ? undefined : links.get(entry.link);
    const count =
      known?.count ?? (entry.link === undefined ? 1 : entries.filter(({ link }) => link === entry.link).length);
    const ino = known?.ino ?? index + 1;
    if (entry.link !== undefined) links.set(entry.link, { ino, count });
    parts.push(...member(entry, ino, count));
  }
  return Buffer.concat([...parts, cpioTrailer()]);
}

function member({ path, data, ...entry }: CpioEntry, inode: number, links: number): Buffer[] {
  const head = { ...entry, path: path === '' ? '.' : path, inode, links, sizeBytes: data.length };
  return [cpioHeader(head), data, cpioPadding(data.length)];
}

/** A member without its data. */
export interface CpioHead extends Pick<CpioEntry, 'path' | 'mode' | 'mtimeSeconds' | 'device'> {
  /** Default: root. */
  readonly uid?: number;
  readonly gid?: number;
  readonly inode: number;
  /** Default: 1. */
  readonly links?: number;
  readonly sizeBytes: number;
}

/** The largest file that a member can be. */
export const cpioLimitBytes = 0xffff_ffff;

/** What stands before a member's data; for archives that are too large to be held. */
export function cpioHeader({ path, mode, uid = 0, gid = 0, mtimeSeconds, ...head }: CpioHead): Buffer {
  const { inode, links = 1, sizeBytes, device = [0, 0] } = head;
  if (sizeBytes > cpioLimitBytes) throw new Error(`${path} is too large for a cpio archive`);
  const name = Buffer.from(`${path}\0`);
  const numbers = [inode, mode, uid, gid, links, mtimeSeconds, sizeBytes, 0, 0, ...device, name.length, 0];
  const text = MAGIC + numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
  const bytes = Buffer.concat([Buffer.from(text), name]);
  return Buffer.concat([bytes, cpioPadding(bytes.length)]);
}

/** The end of an archive. */
export function cpioTrailer(): Buffer {
  return cpioHeader({ path: TRAILER, mode: 0, mtimeSeconds: 0, inode: 0, sizeBytes: 0 });
}

/** Zeros that follow so many bytes. */
export function cpioPadding(bytes: number): Buffer {
  return Buffer.alloc(padded(bytes) - bytes);
}

function damaged(name: string, offset: number): LivewrightError {
  return new LivewrightError('ARCHIVE_FORMAT', {
    message: `${name} is not a cpio archive in the "newc" format, or it is damaged.`,
    hint: 'Build again; if it stays so, the installer of this suite is packed in a way that is not known here.',
    place: { path: name },
    data: { offset },
  });
}
