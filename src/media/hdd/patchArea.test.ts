import { expect, test } from 'vitest';
import { patchSyslinux, sectorExtents } from './patchArea.ts';

test.each([
  [[], []],
  [[7], [[7, 1]]],
  [
    [7, 8, 9, 20, 21, 5],
    [
      [7, 3],
      [20, 2],
      [5, 1],
    ],
  ],
])('extents of %j', (sectors, extents) => {
  expect(sectorExtents(sectors).map(({ sector, count }) => [sector, count])).toEqual(extents);
});

test('an extent has at most 127 sectors', () => {
  const sectors = Array.from({ length: 300 }, (_, index) => 1000 + index);
  expect(sectorExtents(sectors)).toEqual([
    { sector: 1000, count: 127 },
    { sector: 1127, count: 127 },
    { sector: 1254, count: 46 },
  ]);
});

/** A loader of four sectors and two to remember things in, its patch area at 24, filled with what must go. */
function makeParts() {
  const loader = Buffer.alloc(6 * 512, 0x11);
  loader.writeUInt32LE(0x3eb202fe, 24);
  loader.writeUInt16LE(100, 24 + 22);
  const fields = [200, 300, 64, 400, 32, 600, 4, 0x20, 0x30, 0x40];
  for (const [index, value] of fields.entries()) loader.writeUInt16LE(value, 100 + 2 * index);
  return { bootSector: Buffer.alloc(512, 0x22), loader };
}

test('the loader knows its sectors, its directory and its checksum', () => {
  const high = 2 ** 32 * 3;
  const parts = makeParts();
  const { bootSector, loader } = patchSyslinux(parts, { sectors: [high + 9, 12, 13, 40, 41, 50], directory: '/here' });
  expect(bootSector.readUInt32LE(0x20)).toBe(9);
  expect(bootSector.readUInt32LE(0x30)).toBe(3);
  expect([loader.readUInt16LE(32), loader.readUInt16LE(34), loader.readUInt32LE(36)]).toEqual([4, 2, 512]);
  expect([loader.readBigUInt64LE(200), loader.readBigUInt64LE(208)]).toEqual([41n, 50n]);
  expect(loader.subarray(300, 364).toString().replaceAll('\0', '')).toBe('/here');
  expect(loader.subarray(400, 432)).toEqual(Buffer.alloc(32));
  expect([loader.readBigUInt64LE(600), loader.readUInt16LE(608)]).toEqual([12n, 2]);
  expect([loader.readBigUInt64LE(610), loader.readUInt16LE(618)]).toEqual([40n, 1]);
  expect(loader.subarray(620, 640)).toEqual(Buffer.alloc(20));
  let sum = 0;
  for (let at = 0; at < 4 * 512; at += 4) sum = (sum + loader.readUInt32LE(at)) >>> 0;
  expect(sum).toBe(0x3eb202fe);
  expect(parts.loader).toEqual(makeParts().loader);
});

test('what is not syslinux, or not all of its sectors, is refused', () => {
  const place = { sectors: [1, 2, 3, 4, 5], directory: '/' };
  expect(() => patchSyslinux(makeParts(), place)).toThrow('has 6 sectors, not 5');
  expect(() => patchSyslinux({ ...makeParts(), loader: Buffer.alloc(3072) }, place)).toThrow('no ldlinux.sys');
});
