export type TarType = 'file' | 'hardlink' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo';

/** What one header block says, before long names are put in. */
export interface TarHeader {
  /** The type flag as it stands there. */
  readonly flag: string;
  readonly path: string;
  readonly linkTarget: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
}

export const BLOCK_BYTES = 512;

export const typeOfFlag: ReadonlyMap<string, TarType> = new Map([
  ['\0', 'file'],
  ['0', 'file'],
  ['7', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['3', 'character-device'],
  ['4', 'block-device'],
  ['5', 'directory'],
  ['6', 'fifo'],
]);

/**
 * Parses a ustar, GNU or V7 header (tar(5)), undefined for a block of zeros. Throws a plain Error saying what is wrong.
 *
 *     0 name 100   100 mode 8   108 uid 8   116 gid 8   124 size 12   136 mtime 12   148 checksum 8   156 flag 1
 *     157 link 100   257 magic 6   263 version 2   265 user 32   297 group 32   329 major 8   337 minor 8   345 prefix 155
 */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  const sum = sumOf(block);
  if (sum === 0) return undefined;
  if (numberAt(block, 148, 8) !== sum - fieldSum(block, 148, 8) + 8 * 0x20) throw new Error('its checksum is wrong');
  const magic = block.toString('latin1', 257, 263);
  const prefix = magic === 'ustar\0' ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  return {
    flag: String.fromCharCode(block[156] ?? 0),
    path: prefix === '' ? name : `${prefix}/${name}`,
    linkTarget: textAt(block, 157, 100),
    mode: numberAt(block, 100, 8),
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    sizeBytes: numberAt(block, 124, 12),
    mtimeSeconds: numberAt(block, 136, 12),
    deviceMajor: magic.startsWith('ustar') ? numberAt(block, 329, 8) : 0,
    deviceMinor: magic.startsWith('ustar') ? numberAt(block, 337, 8) : 0,
  };
}

/** The records of a PAX extended header: `LENGTH KEY=VALUE\n`, the length counting the whole record in bytes. */
export function parsePaxRecords(body: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < body.length; ) {
    const space = body.indexOf(0x20, start);
    const length = Number(body.toString('latin1', start, space));
    const end = start + length;
    const equals = body.indexOf(0x3d, space);
    if (space < 0 || !(length > 0) || end > body.length || equals < 0 || equals >= end || body[end - 1] !== 0x0a) {
      throw new Error('its PAX header is malformed');
    }
    records.set(body.toString('utf8', space + 1, equals), body.toString('utf8', equals + 1, end - 1));
    start = end;
  }
  return records;
}

function textAt(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('utf8', start, end < 0 || end > start + length ? start + length : end);
}

/** Octal text, or, with the top bit set, a big-endian binary number (GNU). */
function numberAt(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if (first & 0x80) {
    let value = first & 0x7f;
    for (let at = start + 1; at < start + length; at++) value = value * 256 + (block[at] ?? 0);
    if (first === 0xff || !Number.isSafeInteger(value)) throw new Error('it holds a number out of range');
    return value;
  }
  const text = block
    .toString('latin1', start, start + length)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]*$/.test(text)) throw new Error(`"${text}" is not an octal number`);
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function sumOf(block: Buffer): number {
  return fieldSum(block, 0, BLOCK_BYTES);
}

function fieldSum(block: Buffer, start: number, length: number): number {
  let sum = 0;
  for (let at = start; at < start + length; at++) sum += block[at] ?? 0;
  return sum;
}
