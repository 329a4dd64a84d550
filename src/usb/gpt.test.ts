import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfUsable, type Gpt, growGpt, parseGpt, partitionNames } from './gpt.ts';
import { makeGptHead, newPartition } from './table.testing.ts';

const parsed = (head: Buffer): Gpt => {
  const gpt = parseGpt(head);
  if (typeof gpt === 'string') throw new Error(gpt);
  return gpt;
};

/** A disk of that many sectors with the patches written to it. */
function disk(head: Buffer, sectors: number, patches: ReturnType<typeof growGpt>): Buffer {
  const bytes = Buffer.alloc(sectors * 512);
  head.copy(bytes, 0, 0, Math.min(head.length, bytes.length));
  for (const patch of patches) patch.bytes.copy(bytes, patch.offset);
  return bytes;
}

test('what is added is read again, at any size and number of entries; both copies name each other', () => {
  const cases = fc.record({
    extra: fc.integer({ min: 600, max: 5000 }),
    count: fc.constantFrom(4, 128, 248),
    length: fc.integer({ min: 1, max: 300 }),
  });
  fc.assert(
    fc.property(cases, ({ extra, count, length }) => {
      const head = makeGptHead(1000, [{ firstSector: 100, lastSector: 499 }], count);
      const gpt = parsed(head);
      const sectors = 1000 + extra;
      const first = endOfUsable(gpt, sectors) / 512 - length;
      const bytes = disk(head, sectors, growGpt(gpt, sectors, [newPartition(1, first, first + length - 1)]));
      const grown = parsed(bytes);
      expect(grown.partitions).toEqual([
        { index: 0, firstSector: 100, lastSector: 499 },
        { index: 1, firstSector: first, lastSector: first + length - 1 },
      ]);
      expect(grown.otherHeaderSector).toBe(sectors - 1);
      expect(grown.lastUsable).toBe(first + length - 1);
      expect(bytes.toString('latin1', (sectors - 1) * 512, (sectors - 1) * 512 + 8)).toBe('EFI PART');
      expect(bytes.readBigUInt64LE((sectors - 1) * 512 + 32)).toBe(1n);
    }),
    { numRuns: 60 },
  );
});

test('GUIDs are stored the way of the specification, names as UTF-16', () => {
  const head = makeGptHead(2000, []);
  const bytes = disk(head, 2000, growGpt(parsed(head), 2000, [newPartition(0, 100, 199)]));
  expect(bytes.subarray(1024, 1040).toString('hex')).toBe('af3dc60f838472478e793d69d8477de4');
  expect(bytes.toString('utf16le', 1024 + 56, 1024 + 56 + 22)).toBe('persistence');
  expect(partitionNames(parsed(bytes))).toEqual(['persistence']);
});

test.each<[string, (head: Buffer) => void, string]>([
  ['no signature', (head) => head.fill(0, 512, 520), 'it has none'],
  ['a header of 40 bytes', (head) => head.writeUInt32LE(40, 512 + 12), 'the size of its header is nonsense'],
  ['a header of 4 GiB', (head) => head.writeUInt32LE(0xffff_ffff, 512 + 12), 'the size of its header is nonsense'],
  ['a flipped bit in the header', (head) => head.writeUInt8(1, 512 + 56), 'the checksum of its header is wrong'],
  ['a flipped bit in the entries', (head) => head.writeUInt8(1, 1024 + 700), 'the checksum of its entries is wrong'],
])('%s is refused', (_, damage, said) => {
  const head = makeGptHead(1000, [{ firstSector: 100, lastSector: 499 }]);
  damage(head);
  expect(parseGpt(head)).toBe(said);
});

test.each([
  [
    'overlap',
    [
      { firstSector: 100, lastSector: 499 },
      { firstSector: 300, lastSector: 399 },
    ],
    'its partitions overlap',
  ],
  ['begin in the table', [{ firstSector: 0, lastSector: 499 }], 'a partition lies outside of the usable sectors'],
  ['go too far', [{ firstSector: 100, lastSector: 999 }], 'a partition lies outside of the usable sectors'],
])('partitions that %s are refused', (_, partitions, said) => {
  expect(parseGpt(makeGptHead(1000, partitions))).toBe(said);
});

test('a table cut off, and noise, are refused and do not throw', () => {
  expect(typeof parseGpt(makeGptHead(1000, []).subarray(0, 4096))).toBe('string');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1024, maxLength: 2048 }), (bytes) => {
      const head = Buffer.from(bytes);
      head.write('EFI PART', 512);
      expect(typeof parseGpt(head)).toBe('string');
    }),
  );
});
