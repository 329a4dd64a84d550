import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { readPieces } from './content.ts';
import { describeEntry } from './entry.ts';
import { withImage } from './image.ts';
import type { InodeEntry, LinkEntry } from './link/entries.ts';
import { writeTar } from './tar.testing.ts';
import { walk } from './walk.ts';

export const BLOCK_BYTES = 4096;

/** Codecs as mksquashfs is told them; xz also with the filter that live images use. */
export const compressions: readonly (readonly string[])[] = [
  ['-comp', 'gzip'],
  ['-comp', 'zstd'],
  ['-comp', 'xz'],
  ['-comp', 'xz', '-Xbcj', 'x86'],
  ['-comp', 'lz4'],
  ['-comp', 'lzo'],
];

/** A name of a test's tree, with the content of files at hand. */
export type TestEntry = LinkEntry & { readonly bytes?: Buffer };

/**
 * Runs mksquashfs on the entries: as a tar archive, so that owners, devices and xattrs need no root. The root directory has
 * attributes of mksquashfs's own choice. Without its search for duplicates: with tails in fragments or reading tar, 4.5.1 and
 * 4.6.1 now and then give a file another one's content (in one image: 4097 bytes, the first 4096 of these, the last of them).
 */
export function makeImage(path: string, entries: readonly TestEntry[], words: readonly string[]): void {
  const fixed = ['-noappend', '-no-progress', '-quiet', '-mkfs-time', '0', '-exports', '-xattrs', '-no-duplicates'];
  execFileSync('mksquashfs', ['-', path, '-tar', '-b', String(BLOCK_BYTES), ...fixed, ...words], {
    input: writeTar(entries.filter((entry) => entry.path !== '.')),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** What the image has, each name as one comparable text. */
export function readTree(path: string): Promise<Map<string, string>> {
  return withImage(path, async (image) => {
    const found = new Map<string, string>();
    const groups = new Map<number, string[]>();
    for await (const { path: name, inode } of walk(image)) {
      groups.set(inode.number, [...(groups.get(inode.number) ?? []), name]);
    }
    for await (const walked of walk(image)) {
      const { inodeNumber, linkCount, ...rest } = await describeEntry(image, walked);
      const names = groups.get(inodeNumber)!.toSorted().join(' = ');
      const pieces: Buffer[] = [];
      if (walked.inode.kind === 'file') {
        for await (const piece of readPieces(image, walked.inode)) {
          pieces.push('bytes' in piece ? piece.bytes : Buffer.alloc(piece.holeBytes));
        }
      }
      const bytes = Buffer.concat(pieces);
      found.set(walked.path, textOf({ ...rest, names, bytes, links: rest.kind === 'directory' ? 0 : linkCount }));
    }
    return found;
  });
}

/** The same texts for the entries of a test. */
export function expectTree(entries: readonly TestEntry[]): Map<string, string> {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const groups = new Map<string, string[]>();
  for (const entry of entries) {
    const first = entry.kind === 'hardlink' ? entry.target : entry.path;
    groups.set(first, [...(groups.get(first) ?? []), entry.path]);
  }
  const texts = entries.map(({ path, ...entry }): [string, string] => {
    const first = entry.kind === 'hardlink' ? entry.target : path;
    const real = byPath.get(first)! as InodeEntry & { bytes?: Buffer };
    const xattrs = Object.entries(real.xattrs ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const { kind, mode, uid, gid, mtimeSeconds, bytes = Buffer.alloc(0) } = real;
    return [
      path,
      textOf({
        ...{ path, kind, mode, uid, gid, mtimeSeconds, bytes },
        sizeBytes: bytes.length,
        names: groups.get(first)!.toSorted().join(' = '),
        links: kind === 'directory' ? 0 : groups.get(first)!.length,
        xattrs: Object.fromEntries(xattrs.map(([name, value]) => [name, Buffer.from(value)])),
        ...('target' in real && { target: real.target }),
        ...('major' in real && { device: { major: real.major, minor: real.minor } }),
      }),
    ];
  });
  return new Map(texts.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

interface Described {
  readonly bytes: Buffer;
  readonly xattrs: Readonly<Record<string, Buffer>>;
  readonly [field: string]: unknown;
}

function textOf({ bytes, xattrs, path: _, ...rest }: Described): string {
  const values = Object.entries(xattrs).map(([name, value]) => `${name}=${value.toString('hex')}`);
  const fields = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([...fields, values, createHash('sha256').update(bytes).digest('hex')]);
}

const SIZES = [0, 1, 60, 4095, 4096, 4097, 10_000, 12_288, 30_000];

/** Bytes of a style that a compressor likes or not. */
export function makeBytes(style: 'text' | 'noise' | 'holes', sizeBytes: number, seed: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  for (let at = 0; at < sizeBytes; at++) {
    if (style === 'holes' && Math.floor(at / BLOCK_BYTES) % 3 !== 1) continue;
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = style === 'text' ? 0x61 + ((state >>> 16) % 3) : state >>> 16;
  }
  return bytes;
}

const names = fc.constantFrom('a', 'b', 'lib', 'usr', 'Zebra', 'ä ö', 'x'.repeat(200), 'file.txt', '-n', '\u{1F4BE}');
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const ids = fc.constantFrom(0, 1, 33, 1000, 65_534, 2_000_000);

const attributes = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: ids,
  gid: ids,
  mtimeSeconds: fc.integer({ min: 0, max: 0xffff_ffff }),
  xattrs: fc.dictionary(
    fc.constantFrom('user.note', 'user.other', 'security.capability', 'trusted.x'),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    { maxKeys: 2 },
  ),
});

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('file' as const), bytes: contents() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('directory' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('symlink' as const),
      target: fc.constantFrom('a', '/etc/passwd', '../b'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('block-device' as const, 'character-device' as const),
      // tar as mksquashfs reads it keeps no larger minor numbers.
      ...{ major: fc.integer({ min: 0, max: 255 }), minor: fc.integer({ min: 0, max: 255 }) },
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fifo' as const) }) },
);

function contents(): fc.Arbitrary<Buffer> {
  return fc
    .record({
      style: fc.constantFrom('text', 'noise', 'holes'),
      size: fc.constantFrom(...SIZES),
      seed: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ style, size, seed }) => makeBytes(style, size, seed));
}

/** A tree with directories above everything, and some files with further names. */
export const trees: fc.Arbitrary<TestEntry[]> = fc
  .record({
    root: attributes,
    leaves: fc.uniqueArray(fc.tuple(paths, attributes, bodies), {
      selector: ([path]) => path,
      maxLength: 25,
      size: 'max',
    }),
    directories: fc.array(attributes, { minLength: 3, maxLength: 3 }),
    links: fc.array(fc.tuple(paths, fc.nat()), { maxLength: 3 }),
  })
  .map(({ root, leaves, directories, links }) => {
    const entries = new Map<string, TestEntry>([['.', { ...root, path: '.', kind: 'directory' }]]);
    const canAdd = (path: string): boolean => {
      if (entries.has(path)) return false;
      const parents = path.split('/').map((_, at, parts) => parts.slice(0, at).join('/'));
      return parents.slice(1).every((parent) => (entries.get(parent)?.kind ?? 'directory') === 'directory');
    };
    const addParents = (path: string): void => {
      for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
        const parent = path.slice(0, at);
        if (!entries.has(parent)) entries.set(parent, { ...directories[at % 3]!, path: parent, kind: 'directory' });
      }
    };
    for (const [path, own, body] of leaves) {
      if (!canAdd(path)) continue;
      addParents(path);
      // Linux gives links no mode of their own.
      const mode = body.kind === 'symlink' ? 0o777 : own.mode;
      entries.set(path, { ...own, mode, path, ...body } as TestEntry);
    }
    const files = [...entries.values()].filter(({ kind }) => kind === 'file');
    for (const [path, pick] of links) {
      const target = files[pick % Math.max(1, files.length)];
      if (target === undefined || !canAdd(path)) continue;
      addParents(path);
      entries.set(path, { kind: 'hardlink', path, target: target.path });
    }
    return [...entries.values()];
  });
