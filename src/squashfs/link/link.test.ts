import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAllBlocks } from '../allBlocks.testing.ts';
import { readFragment } from '../content.ts';
import { storedBytesOf } from '../dataBlock.ts';
import { type Image, withImage } from '../image.ts';
import { SUPERBLOCK_BYTES } from '../superblock.ts';
import {
  BLOCK_BYTES,
  compressions,
  expectTree,
  makeBytes,
  makeImage,
  readTree,
  type TestEntry,
  trees,
} from '../tree.testing.ts';
import { verifyImage } from '../verify.ts';
import { walk } from '../walk.ts';
import type { CompressBlocks } from './compressor.ts';
import type { LinkEntry } from './entries.ts';
import { formatIndex, parseIndex } from './indexText.ts';
import { uniteIntervals } from './intervals.ts';
import { type LinkOptions, linkSquashfs } from './link.ts';
import { compressWithMksquashfs } from './mksquashfs.ts';
import { indexObject } from './object.ts';

let directory: string;
const at = (name: string) => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-link-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Objects may differ in what concerns neither compressor nor block size. */
const furtherWords = [[], ['-noI', '-noX', '-noId'], ['-noI', '-always-use-fragments']];

function compressor(compression: readonly string[]): CompressBlocks {
  const run = async ([program, ...words]: readonly string[], cwd: string) =>
    execFileSync(program!, words, { cwd, stdio: 'pipe' });
  return compressWithMksquashfs({ run, scratch: directory, compression });
}

/** Never in what a compressor makes of it, and nowhere else. */
const SECRET = Buffer.from('this must not be in the image: '.repeat(3));

const attributes = { mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 7 };

function secretFile(path: string, sizeBytes: number): TestEntry {
  const bytes = Buffer.alloc(sizeBytes, SECRET);
  return { ...attributes, kind: 'file', path, bytes, content: undefined };
}

/** Spreads the files of a tree over objects, with secrets among them, and makes entries that find them there. */
function spread(entries: readonly TestEntry[], count: number): { entries: LinkEntry[]; objects: TestEntry[][] } {
  const objects: TestEntry[][] = Array.from({ length: count }, (_, object) => [
    secretFile(`secret-small-${object}`, 500),
    secretFile(`secret-large-${object}`, BLOCK_BYTES * 2 + 100),
  ]);
  let next = 0;
  const linked = entries.map(({ bytes, ...entry }): LinkEntry => {
    if (entry.kind !== 'file') return entry;
    if (bytes === undefined || bytes.length === 0) return { ...entry, content: undefined };
    const object = next++ % count;
    const path = `held-${next}`;
    objects[object]!.push({ ...attributes, kind: 'file', path, bytes, content: undefined });
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { ...entry, content: { object, path, digest, sizeBytes: bytes.length } };
  });
  return { entries: linked, objects };
}

async function linkSpread(
  output: string,
  entries: readonly TestEntry[],
  words: readonly string[],
): Promise<LinkOptions> {
  const parts = spread(entries, 3);
  const objects = parts.objects.map((files, object) => {
    makeImage(at(`object-${object}`), files, [...words, ...furtherWords[object]!]);
    return at(`object-${object}`);
  });
  const codec = words[1] as LinkOptions['codec'];
  const common = { output, objects, codec, blockSizeBytes: BLOCK_BYTES, epochSeconds: 1_700_000_000 };
  const options = { ...common, entries: parts.entries, compress: compressor(words) };
  await linkSquashfs(options);
  return options;
}

/** The parts of the image's data that no file or fragment refers to. */
function findUnusedData(path: string): Promise<number> {
  return withImage(path, async (image) => {
    const used: { start: number; end: number }[] = [];
    for await (const { inode } of walk(image)) {
      if (inode.kind !== 'file') continue;
      used.push({
        start: inode.blocksStart,
        end: inode.blocks.reduce((end, size) => end + storedBytesOf(size), inode.blocksStart),
      });
    }
    for (let index = 0; index < image.fragments.count; index++) {
      const { start, size } = await readFragment(image, index);
      used.push({ start, end: start + storedBytesOf(size) });
    }
    const usedBytes = uniteIntervals(used).reduce((sum, { start, end }) => sum + end - start, 0);
    const options = image.compressorOptions === undefined ? 0 : 2 + optionBytes(image);
    return image.superblock.inodeTable - SUPERBLOCK_BYTES - options - usedBytes;
  });
}

const optionBytes = ({ superblock }: Image) => (superblock.codec === 'zstd' ? 4 : 8);

async function expectNoSecret(path: string): Promise<void> {
  expect((await readFile(path)).includes(SECRET.subarray(0, 32))).toBe(false);
  await withImage(path, async (image) => {
    for await (const block of readAllBlocks(image)) expect(block.includes(SECRET.subarray(0, 32))).toBe(false);
  });
}

/** What unsquashfs lists, and the content it unpacks; devices of either image it shows alike. */
function listByUnsquashfs(path: string): string[] {
  const text = execFileSync('unsquashfs', ['-lln', path], { encoding: 'utf8', stdio: 'pipe' });
  return text
    .split('\n')
    .filter((line) => /^[-dlbcps][-rwxsStT]{9} /.test(line))
    .toSorted();
}

describe.each(compressions)('with %s %s %s', (...words) => {
  test('a linked tree is the tree, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (entries) => {
        const options = await linkSpread(at('linked'), entries, words);
        expect(Object.fromEntries(await readTree(at('linked')))).toEqual(Object.fromEntries(expectTree(entries)));
        expect((await verifyImage(at('linked'))).names).toBe(entries.length);
        expect(await findUnusedData(at('linked'))).toBe(0);
        await expectNoSecret(at('linked'));
        const again = { ...options, output: at('again'), entries: options.entries.toReversed() };
        await linkSquashfs(again);
        expect((await readFile(at('again'))).equals(await readFile(at('linked')))).toBe(true);
      }),
      { numRuns: 6 },
    );
  });

  test('unsquashfs and mksquashfs see the same tree', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (entries) => {
        await linkSpread(at('linked'), entries, words);
        makeImage(at('plain'), entries, words);
        const isRoot = (line: string) => line.endsWith(' squashfs-root');
        const [linked, plain] = [listByUnsquashfs(at('linked')), listByUnsquashfs(at('plain'))];
        expect(linked).toHaveLength(entries.length);
        expect(linked.filter((line) => !isRoot(line))).toEqual(plain.filter((line) => !isRoot(line)));
      }),
      { numRuns: 4 },
    );
  });
});

const root: TestEntry = { ...attributes, mode: 0o755, path: '.', kind: 'directory' };

test('secrets are found where they are not kept away: the search can fail', async () => {
  makeImage(at('leaky'), [root, secretFile('a', 500), secretFile('b', 9000)], ['-comp', 'zstd']);
  await expect(expectNoSecret(at('leaky'))).rejects.toThrow();
});

test('a directory of thousands of names has an index, and unsquashfs unpacks it', async () => {
  const files = Array.from({ length: 4000 }, (_, number): TestEntry => {
    const bytes = makeBytes('text', number % 50, number);
    const path = `many/${'name'.repeat(number % 10)}-${number}`;
    return { ...attributes, uid: number % 300, kind: 'file', path, bytes, content: undefined };
  });
  const many: TestEntry = { ...attributes, mode: 0o755, path: 'many', kind: 'directory' };
  const entries = [root, many, ...files];
  await linkSpread(at('linked'), entries, ['-comp', 'zstd']);
  await withImage(at('linked'), async (image) => {
    for await (const { path, inode } of walk(image)) {
      if (path === 'many' && inode.kind === 'directory') expect(inode.index.length).toBeGreaterThan(10);
    }
  });
  expect(Object.fromEntries(await readTree(at('linked')))).toEqual(Object.fromEntries(expectTree(entries)));
  const target = at('unpacked');
  execFileSync('unsquashfs', ['-q', '-n', '-d', target, at('linked')], { stdio: 'pipe' });
  for (const { path, bytes } of files) expect(await readFile(join(target, path))).toEqual(bytes);
});

test('equal files of several objects are kept once', async () => {
  const bytes = makeBytes('noise', 100_000, 1);
  const entries: TestEntry[] = ['a', 'b', 'c'].map((path) => ({
    ...attributes,
    kind: 'file',
    path,
    bytes,
    content: undefined,
  }));
  await linkSpread(at('linked'), [root, ...entries], ['-comp', 'gzip']);
  expect((await readFile(at('linked'))).length).toBeLessThan(110_000);
  await withImage(at('linked'), async (image) => {
    const starts = new Set<number>();
    for await (const { inode } of walk(image)) if (inode.kind === 'file') starts.add(inode.blocksStart);
    expect(starts.size).toBe(1);
  });
});

test('an index that was kept beside an object stands for reading the object again', async () => {
  const files = Array.from({ length: 300 }, (_, at): TestEntry => {
    const bytes = makeBytes(at % 3 === 0 ? 'noise' : 'text', at * 700, at);
    return { ...attributes, kind: 'file', path: `f${at}`, bytes, content: undefined };
  });
  const options = await linkSpread(at('linked'), [root, ...files], ['-comp', 'zstd']);
  const paths = options.objects as string[];
  const objects = await Promise.all(paths.map(async (path) => parseIndex(formatIndex(await indexObject(path)), path)));
  await linkSquashfs({ ...options, objects, output: at('by-index') });
  expect((await readFile(at('by-index'))).equals(await readFile(at('linked')))).toBe(true);
});

test('without a compressor tables are stored as they are', async () => {
  makeImage(
    at('object'),
    [{ ...attributes, kind: 'file', path: 'x', bytes: SECRET, content: undefined }],
    ['-comp', 'xz'],
  );
  const held: LinkEntry = { ...attributes, kind: 'file', path: 'y', content: { object: 0, path: 'x' } };
  const options: LinkOptions = {
    ...{ output: at('linked'), objects: [at('object')], codec: 'xz', blockSizeBytes: BLOCK_BYTES, epochSeconds: 5 },
    entries: [root, held, { ...attributes, kind: 'socket', path: 's' }],
  };
  await linkSquashfs(options);
  expect([...(await readTree(at('linked'))).keys()]).toEqual(['.', 's', 'y']);
  expect(execFileSync('unsquashfs', ['-lln', at('linked')], { encoding: 'utf8' })).toMatch(
    /^srw-r--r-- 0\/0 .* squashfs-root\/s$/m,
  );
});

test('targets of links need not be text, and ACLs are named as left out', async () => {
  const target = Buffer.from([0x66, 0xff, 0x2f]);
  const xattrs = { 'system.posix_acl_access': Buffer.from('acl'), 'user.kept': Buffer.from('x') };
  const common = { codec: 'gzip', blockSizeBytes: BLOCK_BYTES, epochSeconds: 0, objects: [] } as const;
  const link: LinkEntry = { ...attributes, kind: 'symlink', path: 'l', target };
  const entries: LinkEntry[] = [root, { ...link, xattrs }];
  const { droppedXattrs } = await linkSquashfs({ ...common, output: at('linked'), entries });
  expect(droppedXattrs).toEqual(['l: system.posix_acl_access']);
  await withImage(at('linked'), async (image) => {
    for await (const { inode } of walk(image)) if (inode.kind === 'symlink') expect(inode.target).toEqual(target);
  });
  expect((await readTree(at('linked'))).get('l')).toContain('user.kept=78');
});

describe('what does not go together is refused', () => {
  const file = { ...attributes, kind: 'file', path: 'f', content: { object: 0, path: 'x' } } as const;
  const base = { codec: 'zstd', blockSizeBytes: BLOCK_BYTES, epochSeconds: 0 } as const;
  test.each([
    ['no root', [file], /root/],
    ['a name twice', [root, file, file], /"f" is there twice/],
    ['a file without a directory', [root, { ...file, path: 'no/f' }], /"no\/f" is in no directory/],
    ['a link to nothing', [root, { kind: 'hardlink', path: 'l', target: 'gone' }], /hard link/],
    ['a name that leads elsewhere', [root, { ...file, path: '..' }], /not possible/],
    ['content that is not there', [root, { ...file, content: { object: 0, path: 'gone' } }], /no such file/],
    ['an object that is not there', [root, { ...file, content: { object: 3, path: 'x' } }], /number 3/],
    ['another size', [root, { ...file, content: { object: 0, path: 'x', sizeBytes: 1 } }], /1 bytes/],
  ] satisfies [string, readonly LinkEntry[], RegExp][])('%s', async (_, entries, message) => {
    makeImage(
      at('object'),
      [{ ...attributes, kind: 'file', path: 'x', bytes: SECRET, content: undefined }],
      ['-comp', 'zstd'],
    );
    const linking = linkSquashfs({ ...base, output: at('refused'), objects: [at('object')], entries });
    await expect(linking).rejects.toMatchObject({ code: 'SQUASHFS_LINK', message: expect.stringMatching(message) });
  });

  test('another compressor', async () => {
    makeImage(at('object'), [], ['-comp', 'gzip']);
    const linking = linkSquashfs({ ...base, output: at('refused'), objects: [at('object')], entries: [root] });
    await expect(linking).rejects.toMatchObject({
      code: 'SQUASHFS_LINK',
      message: expect.stringContaining('gzip blocks'),
    });
  });
});
