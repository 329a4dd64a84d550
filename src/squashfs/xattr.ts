import { type ByteSource, readerOf, type Writer } from './bytes.ts';
import { refuse } from './refuse.ts';

/**
 * An extended attribute in the key/value store (Linux, fs/squashfs/squashfs_fs.h: struct squashfs_xattr_entry, _val):
 *
 *     key:    prefix u16 (0 user., 1 trusted., 2 security.; bit 8: the value is elsewhere), name bytes u16, name
 *     value:  bytes u32, value;  elsewhere: 8 u32, then the reference of another value u64
 *
 * There is no prefix for others: ACLs (system.posix_acl_access) cannot be kept in SquashFS 4.0.
 */
export interface XattrEntry {
  /** With its prefix: `security.capability`. */
  readonly name: string;
  /** A number: the value is at this reference in the store. */
  readonly value: Buffer | number;
}

const prefixes = ['user.', 'trusted.', 'security.'] as const;
const OUT_OF_LINE = 0x100;
/** Linux: XATTR_SIZE_MAX. */
const LARGEST_VALUE_BYTES = 65_536;

export function canKeepXattr(name: string): boolean {
  return prefixes.some((prefix) => name.startsWith(prefix));
}

export async function parseXattrEntry(source: ByteSource): Promise<XattrEntry> {
  const { origin } = source;
  const key = await readerOf(source, 4);
  const [type, nameBytes] = [key.u16(), key.u16()];
  const prefix = prefixes[type & 0xff];
  if (prefix === undefined || (type & ~OUT_OF_LINE) > 0xff) throw refuse(origin, `xattr prefix ${type} is not known`);
  const name = prefix + (await source.take(nameBytes)).toString();
  const value = await parseXattrValue(source);
  if ((type & OUT_OF_LINE) === 0) return { name, value };
  if (value.length !== 8) throw refuse(origin, `a reference to an xattr value has ${value.length} bytes`);
  return { name, value: Number(value.readBigUInt64LE()) };
}

/** A value alone, as an out-of-line reference points to it. */
export async function parseXattrValue(source: ByteSource): Promise<Buffer> {
  const { origin } = source;
  const valueBytes = (await readerOf(source, 4)).u32();
  if (valueBytes > LARGEST_VALUE_BYTES) throw refuse(origin, `an xattr value of ${valueBytes} bytes is not possible`);
  return source.take(valueBytes);
}

export function writeXattrEntry(writer: Writer, { name, value }: XattrEntry): void {
  const type = prefixes.findIndex((prefix) => name.startsWith(prefix));
  if (type < 0) throw new Error(`SquashFS has no prefix for the xattr "${name}"`);
  const bytes = Buffer.from(name.slice(prefixes[type]!.length));
  const isElsewhere = typeof value === 'number';
  writer
    .u16(type | (isElsewhere ? OUT_OF_LINE : 0))
    .u16(bytes.length)
    .bytes(bytes);
  if (isElsewhere) writer.u32(8).u64(value);
  else writer.u32(value.length).bytes(value);
}
