import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { Writer } from './bytes.ts';
import { decoderOf } from './decode/decoder.ts';
import { writeDirectoryRun } from './directory.ts';
import { extractImage } from './extract.ts';
import { type Inode, writeInode } from './inode.ts';
import { METADATA_BYTES, writeMetadataHeader } from './metadataBlock.ts';
import { SUPERBLOCK_BYTES, type Superblock, writeSuperblock } from './superblock.ts';
import { compressions, makeBytes, makeImage, type TestEntry } from './tree.testing.ts';
import { verifyImage } from './verify.ts';

let directory: string;
let image: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-hostile-'));
  image = join(directory, 'image');
});
afterAll(() => rm(directory, { recursive: true }));

const attributes = { mode: 0o644, uid: 0, gid: 5, mtimeSeconds: 7 };
const file = (path: string, bytes: Buffer): TestEntry => ({
  ...attributes,
  kind: 'file',
  path,
  bytes,
  content: undefined,
});
const victim: readonly TestEntry[] = [
  { ...attributes, mode: 0o755, kind: 'directory', path: 'd', xattrs: { 'user.a': Buffer.from('one') } },
  ...Array.from({ length: 60 }, (_, at) => file(`d/${'name'.repeat(at % 8)}${at}`, makeBytes('text', at * 31, at))),
  file('large', makeBytes('text', 30_000, 1)),
  file('holes', makeBytes('holes', 30_000, 2)),
  { ...attributes, kind: 'symlink', path: 'l', target: 'large', xattrs: { 'user.b': Buffer.alloc(200, 'x') } },
  { kind: 'hardlink', path: 'again', target: 'large' },
];

/** Whatever the bytes are, the answer is quick, and it is either the tree or a refusal. */
async function expectAnswer(bytes: Buffer): Promise<'read' | 'refused'> {
  await writeFile(image, bytes);
  const startedAt = performance.now();
  try {
    await verifyImage(image);
    return 'read';
  } catch (error) {
    if (!(error instanceof LivewrightError)) throw error;
    expect(['SQUASHFS_FORMAT', 'NOT_SUPPORTED']).toContain(error.code);
    if (error.code === 'SQUASHFS_FORMAT') expect(error.data['offset']).toBeTypeOf('number');
    return 'refused';
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(5000);
  }
}

describe.each(compressions)('random damage: %s %s %s', (...words) => {
  test.each([[[]], [['-noI', '-noX', '-noId', '-noF', '-noD']]])('%s', async (more) => {
    makeImage(image, victim, [...words, ...more]);
    const whole = await readFile(image);
    expect(await expectAnswer(whole)).toBe('read');
    const used = Number(whole.readBigUInt64LE(40));
    const tables = Number(whole.readBigUInt64LE(64));
    // Most of it in the tables and the superblock: damaged data says little.
    const places = fc.oneof(
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 95 }) },
      { weight: 1, arbitrary: fc.integer({ min: 96, max: used - 1 }) },
      { weight: 4, arbitrary: fc.integer({ min: tables, max: used - 1 }) },
    );
    const damages = fc.array(fc.tuple(places, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x2f, 0x55)), {
      minLength: 1,
      maxLength: 4,
    });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damages, fc.option(fc.integer({ min: 0, max: used }), { freq: 10 }), async (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [place, value] of changes) bytes[place] = value;
        if ((await expectAnswer(length === null ? bytes : bytes.subarray(0, length))) === 'refused') refused++;
      }),
      { numRuns: 100 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});

test.each(['gzip', 'lz4', 'lzo', 'xz', 'zstd'] as const)(
  '%s: arbitrary bytes are decoded within the limit or refused',
  async (codec) => {
    const heads = { gzip: '78da', lz4: 'f0', lzo: '12', xz: 'fd377a585a000001', zstd: '28b52ffd2000' };
    const decode = decoderOf(codec);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, hasHead) => {
        const stored = Buffer.concat([hasHead ? Buffer.from(heads[codec], 'hex') : Buffer.alloc(0), bytes]);
        const decoded = await Promise.resolve()
          .then(() => decode(stored, { outputBytes: 8192, windowBytes: 8192 }))
          .catch((error: unknown) => error);
        if (Buffer.isBuffer(decoded)) expect(decoded.length).toBeLessThanOrEqual(8192);
        else expect(decoded).toBeInstanceOf(Error);
      }),
      { numRuns: 500 },
    );
  },
);

/** A table: blocks of 8 KiB, compressed by gzip where there are several. */
function metadata(content: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < content.length; at += METADATA_BYTES) {
    const block = content.subarray(at, at + METADATA_BYTES);
    const deflated = deflateSync(block);
    const compressed = content.length > METADATA_BYTES && deflated.length < block.length;
    const stored = compressed ? deflated : block;
    const field = writeMetadataHeader({ storedBytes: stored.length, compressed });
    blocks.push(Buffer.from(new Writer().u16(field).toBuffer()), stored);
  }
  return Buffer.concat(blocks);
}

interface Crafted {
  readonly inodes: readonly Inode[];
  readonly listing: Buffer;
  readonly data?: Buffer;
  readonly superblock?: Partial<Superblock>;
}

/** An image made by hand: inodes, the first being the root, and listings. */
function craft({ inodes, listing, data = Buffer.alloc(0), superblock = {} }: Crafted): Buffer {
  const writer = new Writer();
  for (const inode of inodes) writeInode(writer, inode);
  const tables = [metadata(writer.toBuffer()), metadata(listing), metadata(Buffer.alloc(4))];
  const inodeTable = SUPERBLOCK_BYTES + data.length;
  const directoryTable = inodeTable + tables[0]!.length;
  const ids = directoryTable + tables[1]!.length;
  const idTable = ids + tables[2]!.length;
  const head = new Writer();
  writeSuperblock(head, {
    ...{
      inodeCount: inodes.length,
      createdSeconds: 0,
      blockSizeBytes: 4096,
      fragmentCount: 0,
      codec: 'gzip',
      flags: 0,
    },
    ...{ idCount: 1, rootInode: 0, bytesUsed: idTable + 8, idTable, xattrTable: undefined, inodeTable, directoryTable },
    ...{ fragmentTable: undefined, exportTable: undefined, ...superblock },
  });
  return Buffer.concat([head.toBuffer(), data, ...tables, new Writer().u64(ids).toBuffer()]);
}

const header = { mode: 0o755, uidIndex: 0, gidIndex: 0, mtimeSeconds: 0, linkCount: 1, xattrIndex: undefined };
const rootOf = (listingBytes: number): Inode => ({
  ...{
    ...header,
    kind: 'directory',
    number: 1,
    listing: { block: 0, offset: 0 },
    listingBytes,
    parentNumber: 2,
    index: [],
  },
});
const fileInode = (fields: Partial<Extract<Inode, { kind: 'file' }>>): Inode => ({
  ...{ ...header, kind: 'file', number: 2, sizeBytes: 0, blocksStart: SUPERBLOCK_BYTES, blocks: new Uint32Array(0) },
  ...{ fragment: undefined, sparseBytes: 0, ...fields },
});

function listingOf(name: string, { type = 2, inodeNumber = 2, inodeOffset = 32 } = {}): Buffer {
  const writer = new Writer();
  const entries = [{ name: Buffer.from(name), type, inodeNumber, inodeOffset }];
  writeDirectoryRun(writer, { inodeBlock: 0, inodeNumber: 1, entries });
  return writer.toBuffer();
}

/** An image of one file called `name`. */
function craftFile(fields: Partial<Extract<Inode, { kind: 'file' }>>, data?: Buffer, name = 'f'): Buffer {
  const listing = listingOf(name);
  return craft({ inodes: [rootOf(listing.length), fileInode(fields)], listing, ...(data && { data }) });
}

const withBytes = (at: number, hex: string): Buffer => {
  const bytes = craftFile({});
  bytes.set(Buffer.from(hex, 'hex'), at);
  return bytes;
};

const oneBlock = (data: Buffer, sizeBytes: number): Buffer =>
  craftFile({ sizeBytes, blocks: Uint32Array.of(data.length) }, data);

function xzOf(bytes: Buffer, dictionary: string): Buffer {
  return execFileSync('xz', ['-c', '--check=crc32', `--lzma2=dict=${dictionary}`], { input: bytes });
}

describe('images made to harm', () => {
  test('the hand-made image is good as such', async () => {
    expect(await expectAnswer(craftFile({}))).toBe('read');
    expect(await expectAnswer(oneBlock(deflateSync(Buffer.alloc(4096)), 4096))).toBe('read');
  });

  test.each([
    ['nothing', Buffer.alloc(0), /no room for a superblock/],
    ['another kind of file', Buffer.alloc(5000, 'x'), /magic/],
    ['another version', withBytes(28, '0300'), /version 3.0/],
    ['a block size of 0', withBytes(12, '00000000'), /block size of 0/],
    ['a block size of 2 GiB', withBytes(12, '00000080'), /block size/],
    ['an unknown compressor', withBytes(20, '0900'), /compressor 9/],
    ['more bytes than the file', withBytes(40, 'ffffffff00000000'), /the file has/],
    ['a size that is no number', withBytes(40, 'ffffffffffffff7f'), /no size or position/],
    ['a table before the data', withBytes(64, '0000000000000000'), /inode table/],
    ['a table behind the end', withBytes(72, 'ffffff0000000000'), /directory table/],
    ['a root elsewhere', withBytes(32, '0000ffff00000000'), /more was expected/],
    ['four billion fragments', withBytes(16, 'ffffffff'), /fragment table/],
    [
      'a directory in itself',
      craft({ inodes: [rootOf(24)], listing: listingOf('loop', { type: 1, inodeNumber: 1, inodeOffset: 0 }) }),
      /two places/,
    ],
    ['a name that leads out', craftFile({}, undefined, '..'), /cannot be a name/],
    ['a name with a slash', craftFile({}, undefined, 'a/b'), /cannot be a name/],
    [
      'a listing longer than its table',
      craft({ inodes: [rootOf(0xffff_0000), fileInode({})], listing: listingOf('f', { inodeOffset: 40 }) }),
      /expected/,
    ],
    ['a file of exabytes', craftFile({ sizeBytes: 2 ** 52 }), /expected/],
    ['a block larger than a block', oneBlock(Buffer.alloc(5000), 4096), /larger than the block size/],
    ['a block that is a bomb', oneBlock(deflateSync(Buffer.alloc(1 << 24)), 4096), /is damaged|larger than/],
    ['a block that is too short', oneBlock(deflateSync(Buffer.alloc(100)), 4096), /100 bytes, not 4096/],
    [
      'blocks in the tables',
      craftFile({ sizeBytes: 10, blocksStart: 90, blocks: Uint32Array.of(10) }, Buffer.alloc(20)),
      /not where the data is/,
    ],
    [
      'blocks behind the end',
      craftFile({ sizeBytes: 10, blocksStart: 2 ** 40, blocks: Uint32Array.of(10) }),
      /not where the data is/,
    ],
  ])('%s', async (_, bytes, why) => {
    await writeFile(image, bytes);
    await expect(verifyImage(image)).rejects.toMatchObject({
      ...{ code: 'SQUASHFS_FORMAT', message: expect.stringMatching(why), place: { path: image } },
      data: { offset: expect.any(Number) },
    });
  });

  test('a long inode under very many names', async () => {
    const names = Array.from({ length: 50_000 }, (_, at) => String(at).padStart(6, '0'));
    const writer = new Writer();
    for (let at = 0; at < names.length; at += 256) {
      const entries = names
        .slice(at, at + 256)
        .map((name) => ({ name: Buffer.from(name), type: 2, inodeNumber: 2, inodeOffset: 40 }));
      writeDirectoryRun(writer, { inodeBlock: 0, inodeNumber: 2, entries });
    }
    const listing = writer.toBuffer();
    const count = 2_000_000;
    const long = fileInode({ sizeBytes: count * 4096, sparseBytes: count * 4096, blocks: new Uint32Array(count) });
    await writeFile(image, craft({ inodes: [rootOf(listing.length), long], listing, superblock: { codec: 'gzip' } }));
    const startedAt = performance.now();
    await expect(verifyImage(image)).rejects.toThrow(/longer inodes/);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('metadata that is a bomb', async () => {
    const bomb = deflateSync(Buffer.alloc(1 << 24)).subarray(0, 8000);
    const bytes = craftFile({});
    const table = Number(bytes.readBigUInt64LE(64));
    const grown = Buffer.concat([
      bytes.subarray(0, table),
      Buffer.from([bomb.length & 0xff, bomb.length >> 8]),
      bomb,
      Buffer.alloc(20_000),
    ]);
    for (const at of [40, 72, 48]) grown.writeBigUInt64LE(BigInt(table + 10_000), at);
    await writeFile(image, grown);
    await expect(verifyImage(image)).rejects.toMatchObject({ code: 'SQUASHFS_FORMAT' });
  });

  test('an xz dictionary that the kernel would refuse', async () => {
    const craftXz = (dictionary: string) => {
      const data = xzOf(makeBytes('text', 4096, 1), dictionary);
      const inode = fileInode({ sizeBytes: 4096, blocks: Uint32Array.of(data.length) });
      return craft({ inodes: [rootOf(21), inode], listing: listingOf('f'), data, superblock: { codec: 'xz' } });
    };
    expect(await expectAnswer(craftXz('8KiB'))).toBe('read');
    await writeFile(image, craftXz('64KiB'));
    await expect(verifyImage(image)).rejects.toThrow(/dictionary of 65536 bytes is larger than the kernel allows/);
  });

  test('what is compressed with lzma is not read, and that is said', async () => {
    await writeFile(image, withBytes(20, '0200'));
    await expect(verifyImage(image)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  test('nothing is unpacked into a directory that has something', async () => {
    await writeFile(image, craftFile({}));
    await expect(extractImage(image, { directory, keepOwners: false })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
