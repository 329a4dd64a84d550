import { expect, test } from 'vitest';
import { dataWish, persistenceWish } from './addPartitions.ts';
import { checkImage, readImageTable } from './imageTable.ts';
import { planLayout } from './layout.ts';
import { parseMbr } from './mbr.ts';
import { MIB } from './sizes.ts';
import { addIso, makeGptHead, makeMbrHead } from './table.testing.ts';

const imageBytes = 300 * MIB + 2048;
const sectors = imageBytes / 512;
const gptTable = readImageTable(makeGptHead(sectors, [{ firstSector: 64, lastSector: 500_000 }]));
const mbrTable = readImageTable(makeMbrHead([{ slot: 0, type: 0x0c, firstSector: 2048, sectors: 500_000 }]));
const stick = { usedBytes: imageBytes, totalBytes: 8_000_000_000 - (8_000_000_000 % 512), seed: 's' };

const places = (partitions: readonly { slot: number; startBytes: number; sizeBytes: number }[]) =>
  partitions.map(({ slot, startBytes, sizeBytes }) => ({ slot, start: startBytes / MIB, size: sizeBytes / MIB }));

test('partitions begin at whole MiB behind the image; the one without a size takes what is left', () => {
  const wishes = [persistenceWish({ sizeBytes: 1000 * MIB }), dataWish({})];
  const { partitions, totalBytes } = planLayout(gptTable, wishes, stick);
  expect(places(partitions)).toEqual([
    { slot: 1, start: 301, size: 1000 },
    { slot: 2, start: 1301, size: 6328 },
  ]);
  expect(totalBytes).toBe(stick.totalBytes);
  // The second table of the GPT has its 33 sectors behind them.
  expect(totalBytes - (1301 + 6328) * MIB).toBeGreaterThanOrEqual(33 * 512);
});

test('sizes are rounded up to MiB, in the order of the wishes', () => {
  const wishes = [dataWish({}), persistenceWish({ sizeBytes: 64 * MIB + 1 })];
  expect(places(planLayout(gptTable, wishes, stick).partitions)).toEqual([
    { slot: 1, start: 301, size: 7263 },
    { slot: 2, start: 7564, size: 65 },
  ]);
});

test('an MBR gets an entry and nothing else changes in its sector', () => {
  const { partitions, patches } = planLayout(mbrTable, [persistenceWish({})], stick);
  expect(places(partitions)).toEqual([{ slot: 1, start: 301, size: 7328 }]);
  expect(patches).toHaveLength(1);
  expect(parseMbr(patches[0]!.bytes)).toEqual([
    { slot: 0, type: 0x0c, firstSector: 2048, sectors: 500_000 },
    { slot: 1, type: 0x83, firstSector: 301 * 2048, sectors: 7328 * 2048 },
  ]);
});

test('the MBR before a GPT only has its protective entry grown: the active one that BIOSes want stays', () => {
  const head = makeGptHead(sectors, [{ firstSector: 64, lastSector: 500_000 }]);
  head.set([0x80, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0], 462);
  const { patches } = planLayout(readImageTable(head), [persistenceWish({})], stick);
  const mbr = patches.at(-1)!;
  const wanted = Buffer.from(head.subarray(0, 512));
  wanted.writeUInt32LE(stick.totalBytes / 512 - 1, 446 + 12);
  expect(mbr.offset).toBe(0);
  expect(mbr.bytes.equals(wanted)).toBe(true);
});

test('beyond 2 TiB an MBR has no numbers', () => {
  const { partitions } = planLayout(mbrTable, [persistenceWish({})], { ...stick, totalBytes: 4e12 - (4e12 % 512) });
  const [{ startBytes, sizeBytes }] = partitions as [(typeof partitions)[0]];
  expect((startBytes + sizeBytes) / 512).toBeLessThanOrEqual(2 ** 32);
});

test('the same seed gives the same table, another seed other ids', () => {
  const plan = (seed: string) =>
    JSON.stringify(planLayout(gptTable, [persistenceWish({})], { ...stick, seed }).patches);
  expect(plan('a')).toBe(plan('a'));
  expect(plan('a')).not.toBe(plan('b'));
});

test('a file becomes as long as it must', () => {
  const { totalBytes } = planLayout(gptTable, [persistenceWish({ sizeBytes: 100 * MIB })], {
    usedBytes: imageBytes,
    seed: 's',
  });
  expect(totalBytes / MIB).toBe(301 + 100 + 1);
});

test.each<[string, () => unknown, string]>([
  [
    'a file has no rest',
    () => planLayout(gptTable, [persistenceWish({})], { usedBytes: imageBytes, seed: 's' }),
    'USAGE',
  ],
  ['two want the rest', () => planLayout(gptTable, [persistenceWish({}), dataWish({})], stick), 'USAGE'],
  [
    'more is wanted than there is',
    () => planLayout(gptTable, [dataWish({ sizeBytes: 9e9 })], stick),
    'PARTITION_IMPOSSIBLE',
  ],
  [
    'the rest is too little for ext4',
    () => planLayout(gptTable, [persistenceWish({})], { ...stick, totalBytes: 340 * MIB }),
    'PARTITION_IMPOSSIBLE',
  ],
  [
    'the rest would do, but not for a container',
    () => planLayout(gptTable, [persistenceWish({ isEncrypted: true })], { ...stick, totalBytes: 370 * MIB }),
    'PARTITION_IMPOSSIBLE',
  ],
  [
    'all four places are taken',
    () => {
      const entries = [0, 1, 2, 3].map((slot) => ({ slot, type: 0x83, firstSector: 2048 * (slot + 1), sectors: 2048 }));
      return planLayout(readImageTable(makeMbrHead(entries)), [persistenceWish({})], stick);
    },
    'PARTITION_IMPOSSIBLE',
  ],
  [
    'there is no table',
    () => planLayout(readImageTable(addIso(Buffer.alloc(131_072), 10)), [persistenceWish({})], stick),
    'PARTITION_IMPOSSIBLE',
  ],
])('%s', (_, plan, code) => {
  expect(plan).toThrow(expect.objectContaining({ code }));
});

test("live-build's hybrid images: an overlapping GPT and no protective entry; the MBR counts", () => {
  const head = addIso(
    makeGptHead(4000, [
      { firstSector: 0, lastSector: 3000 },
      { firstSector: 100, lastSector: 200 },
    ]),
    1000,
  );
  makeMbrHead([
    { slot: 0, type: 0, firstSector: 0, sectors: 4000 },
    { slot: 1, type: 0xef, firstSector: 100, sectors: 101 },
  ]).copy(head, 0, 0, 512);
  const table = readImageTable(head);
  expect(table).toMatchObject({ kind: 'mbr', contentBytes: 4000 * 512 });
  expect(planLayout(table, [persistenceWish({})], stick).partitions[0]?.slot).toBe(2);
});

test('a protective entry before a damaged GPT is refused before anything is written', () => {
  const head = makeGptHead(4000, [{ firstSector: 0, lastSector: 3000 }]);
  expect(readImageTable(head)).toMatchObject({ kind: 'none', why: expect.stringContaining('damaged') });
});

test.each<[string, Buffer, number]>([
  ['an ISO image', addIso(makeMbrHead([{ slot: 0, type: 0, firstSector: 0, sectors: 40 }]), 1000), 1000 * 2048 - 1],
  ['a GPT image', makeGptHead(sectors, [{ firstSector: 64, lastSector: 500_000 }]), imageBytes - 512],
  ['an MBR image', makeMbrHead([{ slot: 0, type: 0x0c, firstSector: 2048, sectors: 500_000 }]), 502_048 * 512 - 1],
])('%s that is cut short is refused, and whole it is not', (_, head, sizeBytes) => {
  const damaged = expect.objectContaining({ code: 'IMAGE_DAMAGED', message: expect.stringContaining('cut short') });
  expect(() => checkImage(head, { path: 'x', sizeBytes })).toThrow(damaged);
  expect(checkImage(head, { path: 'x', sizeBytes: sizeBytes + 512 }).contentBytes).toBeGreaterThan(0);
});

test.each([
  ['text', Buffer.from('hello'.repeat(1000))],
  ['zeros', Buffer.alloc(131_072)],
  ['nothing', Buffer.alloc(0)],
])('%s is no image', (_, head) => {
  const refusal = expect.objectContaining({ code: 'IMAGE_DAMAGED', message: expect.stringContaining('no image') });
  expect(() => checkImage(head, { path: 'x', sizeBytes: head.length })).toThrow(refusal);
});
