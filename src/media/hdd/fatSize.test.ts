import { expect, test } from 'vitest';
import { directoryBytes, fatOfSize, smallestFat } from './fatSize.ts';

/** Content in one file. */
const bytes = (size: number) => (clusterBytes: number) => Math.ceil(size / clusterBytes);
const [mib, gib] = [2 ** 20, 2 ** 30];

test.each([
  ['fat32', 3 * mib, 1, 33],
  ['fat32', 40 * mib, 1, 42],
  ['fat32', 100 * mib, 2, 102],
  ['fat32', 130 * mib, 4, 131],
  ['fat32', 300 * mib, 8, 301],
  ['fat32', 9 * gib, 16, 9227],
  ['fat16', 3 * mib, 4, 9],
  ['fat16', 100 * mib, 4, 101],
  ['fat16', 200 * mib, 8, 201],
  ['fat16', 2040 * mib, 64, 2041],
] as const)('%s with %i bytes: clusters of %i sectors, about %i MiB', (type, size, sectorsPerCluster, sizeMib) => {
  const geometry = smallestFat(type, bytes(size), 0);
  expect(geometry?.sectorsPerCluster).toBe(sectorsPerCluster);
  const actualMib = (geometry?.sectors ?? 0) / 2048;
  expect(actualMib).toBeGreaterThanOrEqual(sizeMib - 1);
  expect(actualMib).toBeLessThanOrEqual(sizeMib * 1.005 + 2);
});

test('FAT16 ends at 2 GiB', () => {
  expect(smallestFat('fat16', bytes(2 * gib), 0)).toBeUndefined();
  expect(fatOfSize('fat16', bytes(mib), 2100 * 2048)).toBeUndefined();
});

test.each(['fat16', 'fat32'] as const)('%s: what just suffices suffices as a partition too', (type) => {
  for (let size = 0; size < 1900 * mib; size += 17 * mib + 12345) {
    const smallest = smallestFat(type, bytes(size), mib);
    expect(smallest, `${size} bytes`).toBeDefined();
    const fitted = fatOfSize(type, bytes(size), smallest!.sectors);
    expect(fitted, `${size} bytes`).toBeDefined();
    expect(fitted!.sectors).toBe(smallest!.sectors);
  }
});

test('an odd number of sectors leaves one over', () => {
  expect(fatOfSize('fat32', bytes(mib), 300 * 2048 - 63)?.sectors).toBe(300 * 2048 - 64);
});

test('long names take further entries', () => {
  expect(directoryBytes([])).toBe(64);
  expect(directoryBytes(['vmlinuz', 'x'.repeat(26), 'x'.repeat(27)])).toBe(64 + 64 + 96 + 128);
});
