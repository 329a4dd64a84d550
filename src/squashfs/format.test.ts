import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reader, sourceOf, Writer } from './bytes.ts';
import { type Codec, codecIds } from './codec.ts';
import { type CompressorOptions, parseCompressorOptions, writeCompressorOptions } from './compressorOptions.ts';
import { parseBlockSize, writeBlockSize } from './dataBlock.ts';
import { parseDirectoryRun, runBytes, writeDirectoryRun } from './directory.ts';
import { parseFragmentEntry, writeFragmentEntry } from './fragment.ts';
import { type Inode, parseInode, writeInode } from './inode.ts';
import { parseMetadataHeader, parseReference, writeMetadataHeader, writeReference } from './metadataBlock.ts';
import { parseSuperblock, SUPERBLOCK_BYTES, type Superblock, writeSuperblock } from './superblock.ts';
import { parseXattrEntry, parseXattrValue, writeXattrEntry } from './xattr.ts';
import { parseXattrSet, parseXattrTableHead, writeXattrSet, writeXattrTableHead } from './xattrTable.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** A number for which all ones do not stand. */
const index = fc.integer({ min: 0, max: 0xffff_fffe });
const position = fc.maxSafeNat();
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const bytes = (maxLength: number, minLength = 1) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

function written(write: (writer: Writer) => void): Buffer {
  const writer = new Writer(1);
  write(writer);
  return Buffer.from(writer.toBuffer());
}

const readerOf = (buffer: Buffer) => new Reader(buffer, { offset: 0 });

test('superblock', () => {
  const superblocks: fc.Arbitrary<Superblock> = fc.record({
    ...{ inodeCount: u32, createdSeconds: u32, fragmentCount: u32, flags: u16, idCount: u16 },
    blockSizeBytes: fc.integer({ min: 12, max: 20 }).map((log) => 2 ** log),
    codec: fc.constantFrom(...(Object.keys(codecIds) as Codec[])),
    ...{ rootInode: position, bytesUsed: position, idTable: position, inodeTable: position, directoryTable: position },
    ...{ xattrTable: optional(position), fragmentTable: optional(position), exportTable: optional(position) },
  });
  fc.assert(
    fc.property(superblocks, (superblock) => {
      const buffer = written((writer) => writeSuperblock(writer, superblock));
      expect(buffer).toHaveLength(SUPERBLOCK_BYTES);
      expect(parseSuperblock(buffer)).toEqual(superblock);
    }),
  );
});

test('compressor options', () => {
  const options: fc.Arbitrary<CompressorOptions> = fc.oneof(
    fc.record({ codec: fc.constant('gzip' as const), level: u32, window: u16, strategies: u16 }),
    fc.record({ codec: fc.constant('xz' as const), dictionaryBytes: u32, filters: u32 }),
    fc.record({ codec: fc.constant('lzo' as const), algorithm: u32, level: u32 }),
    fc.record({ codec: fc.constant('lz4' as const), version: u32, flags: u32 }),
    fc.record({ codec: fc.constant('zstd' as const), level: u32 }),
  );
  fc.assert(
    fc.property(options, (value) => {
      const buffer = written((writer) => writeCompressorOptions(writer, value));
      expect(parseCompressorOptions(readerOf(buffer), value.codec)).toEqual(value);
    }),
  );
});

test('headers of blocks, and references', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fff }), fc.boolean(), u32, u16, (size, compressed, block, offset) => {
      const metadata = { storedBytes: size, compressed };
      expect(parseMetadataHeader(writeMetadataHeader(metadata))).toEqual(metadata);
      const data = { storedBytes: size * 512, compressed };
      expect(parseBlockSize(writeBlockSize(data))).toEqual(data);
      expect(parseReference(writeReference({ block, offset }))).toEqual({ block, offset });
    }),
  );
});

const header = {
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uidIndex: u16,
  gidIndex: u16,
  mtimeSeconds: u32,
  number: u32,
};
const common = { ...header, linkCount: u32, xattrIndex: optional(index) };
const BLOCK_BYTES = 4096;

const files = fc
  .record({
    ...common,
    kind: fc.constant('file' as const),
    ...{
      blocksStart: position,
      sparseBytes: fc.oneof(fc.constant(0), position),
      linkCount: fc.oneof(fc.constant(1), u32),
    },
    sizeBytes: fc.integer({ min: 0, max: 5000 * BLOCK_BYTES }),
    fragment: optional(fc.record({ index, offset: fc.constant(0) })),
    seed: fc.nat(),
  })
  .map(({ seed, ...file }) => {
    const whole = file.sizeBytes / BLOCK_BYTES;
    const count = file.fragment === undefined ? Math.ceil(whole) : Math.floor(whole);
    return { ...file, blocks: Uint32Array.from({ length: count }, (_, at) => (seed * (at + 1)) % 0x200_0000) };
  });

const indexEntries = fc.record({ position: u32, block: u32, name: bytes(256) });

const inodes: fc.Arbitrary<Inode> = fc.oneof(
  files,
  fc.record({
    ...{ ...common, kind: fc.constant('directory' as const), parentNumber: u32 },
    listing: fc.record({ block: u32, offset: u16 }),
    listingBytes: fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 0, max: 0xffff_fffc })),
    index: fc.array(indexEntries, { maxLength: 5 }),
  }),
  fc.record({ ...common, kind: fc.constant('symlink' as const), target: bytes(4096) }),
  fc.record({
    ...{ ...common, kind: fc.constantFrom('block-device' as const, 'character-device' as const) },
    ...{ major: fc.integer({ min: 0, max: 0xfff }), minor: fc.integer({ min: 0, max: 0xf_ffff }) },
  }),
  fc.record({ ...common, kind: fc.constantFrom('fifo' as const, 'socket' as const) }),
);

test('inodes of all types, basic and extended', async () => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(inodes, async (inode) => {
      const buffer = written((writer) => writeInode(writer, inode));
      seen.add(buffer.readUInt16LE());
      const source = sourceOf(buffer);
      expect(await parseInode(source, BLOCK_BYTES)).toEqual(inode);
      expect(source.origin.offset).toBe(buffer.length);
    }),
    { numRuns: 1000 },
  );
  expect([...seen].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
});

test('directory runs', async () => {
  const base = 100_000;
  const entries = fc.record({
    ...{ inodeOffset: u16, type: fc.integer({ min: 1, max: 7 }), name: bytes(256) },
    inodeNumber: fc.integer({ min: base - 0x8000, max: base + 0x7fff }),
  });
  const runs = fc.record({
    ...{ inodeBlock: u32, inodeNumber: fc.constant(base) },
    entries: fc.array(entries, { minLength: 1, maxLength: 256 }),
  });
  await fc.assert(
    fc.asyncProperty(runs, async (run) => {
      const buffer = written((writer) => writeDirectoryRun(writer, run));
      expect(buffer).toHaveLength(runBytes(run));
      expect(await parseDirectoryRun(sourceOf(buffer))).toEqual(run);
    }),
  );
});

test('fragment entries, xattr sets and the head of their table', () => {
  fc.assert(
    fc.property(position, u32, u32, (start, size, count) => {
      const entry = { start, size };
      expect(parseFragmentEntry(readerOf(written((writer) => writeFragmentEntry(writer, entry))))).toEqual(entry);
      const set = { reference: start, count, textBytes: size };
      expect(parseXattrSet(readerOf(written((writer) => writeXattrSet(writer, set))))).toEqual(set);
      const head = { storeStart: start, setCount: count };
      expect(parseXattrTableHead(readerOf(written((writer) => writeXattrTableHead(writer, head))))).toEqual(head);
    }),
  );
});

test('extended attributes, with values in place and elsewhere', async () => {
  const entries = fc.record({
    name: fc
      .tuple(fc.constantFrom('user.', 'trusted.', 'security.'), fc.string({ unit: 'binary' }))
      .map((parts) => parts.join('')),
    value: fc.oneof(bytes(3000, 0), position),
  });
  await fc.assert(
    fc.asyncProperty(entries, async (entry) => {
      expect(await parseXattrEntry(sourceOf(written((writer) => writeXattrEntry(writer, entry))))).toEqual(entry);
    }),
  );
  const value = Buffer.from('elsewhere');
  const buffer = written((writer) => writer.u32(value.length).bytes(value));
  expect(await parseXattrValue(sourceOf(buffer))).toEqual(value);
});

test('what is cut off is refused with its offset', async () => {
  const buffer = written((writer) => writeFragmentEntry(writer, { start: 1, size: 2 }));
  expect(() => parseFragmentEntry(new Reader(buffer.subarray(0, 10), { offset: 500 }))).toThrow(/at byte 508, 4 bytes/);
  await expect(parseInode(sourceOf(Buffer.alloc(3), { offset: 7, inner: 9 }), 4096)).rejects.toThrow(
    /byte 7 \(9 into the metadata block there\)/,
  );
});
