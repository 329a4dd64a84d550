import type { TestEntry } from './tree.testing.ts';

const flags = {
  ...{
    file: '0',
    hardlink: '1',
    symlink: '2',
    'character-device': '3',
    'block-device': '4',
    directory: '5',
    fifo: '6',
  },
};

/** A tar archive with PAX headers for long names and extended attributes (mksquashfs reads times there only with a fraction). */
export function writeTar(entries: readonly TestEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(writeEntry), Buffer.alloc(1024)]);
}

function writeEntry(entry: TestEntry): Buffer[] {
  const { path, kind } = entry;
  const records = [paxRecord('path', path)];
  if (kind === 'hardlink') records.push(paxRecord('linkpath', entry.target));
  else {
    for (const [name, value] of Object.entries(entry.xattrs ?? {}))
      records.push(paxRecord(`SCHILY.xattr.${name}`, value));
  }
  const pax = Buffer.concat(records);
  const bytes = entry.bytes ?? Buffer.alloc(0);
  const device = kind === 'block-device' || kind === 'character-device' ? entry : { major: 0, minor: 0 };
  const flag = flags[kind as keyof typeof flags];
  if (flag === undefined) throw new Error(`tar has no ${kind}`);
  return [
    ...[header({ flag: 'x', sizeBytes: pax.length }), padded(pax)],
    header({
      ...{ flag, sizeBytes: bytes.length, mode: kind === 'hardlink' ? 0 : entry.mode, ...pick(device) },
      target: kind === 'symlink' ? String(entry.target) : '',
      ...(kind !== 'hardlink' && { uid: entry.uid, gid: entry.gid, mtime: entry.mtimeSeconds }),
    }),
    padded(bytes),
  ];
}

const pick = ({ major, minor }: { major: number; minor: number }) => ({ major, minor });

interface Header {
  readonly flag: string;
  readonly sizeBytes: number;
  readonly mode?: number;
  readonly target?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly major?: number;
  readonly minor?: number;
}

function header({ flag, sizeBytes, mode = 0o644, target = '', ...rest }: Header): Buffer {
  const { major = 0, minor = 0, uid = 0, gid = 0, mtime = 0 } = rest;
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write('name', 0);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(mtime, 136, 12);
  block.write(' '.repeat(8), 148);
  block.write(flag, 156);
  block.write(target, 157);
  block.write('ustar\u{0}00', 257);
  octal(major, 329, 8);
  octal(minor, 337, 8);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

function paxRecord(key: string, value: string | Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as string), Buffer.from('\n')]);
  let length = body.length;
  while (String(length).length + body.length !== length) length = String(length).length + body.length;
  return Buffer.concat([Buffer.from(String(length)), body]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
