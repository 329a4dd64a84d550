import { expect, test } from 'vitest';
import { mergeExtents } from './pieces.ts';

test.each([
  [[], []],
  [[[0, 4096]], [[0, 4096]]],
  [
    [
      [5000, 5001],
      [0, 10],
    ],
    [[0, 8192]],
  ],
  [
    [
      [0, 4096],
      [8192, 12288],
      [4096, 8192],
    ],
    [[0, 12288]],
  ],
  [
    [
      [0, 100_000],
      [4096, 8192],
    ],
    [[0, 102_400]],
  ],
  [
    [
      [0, 4096],
      [8193, 8194],
    ],
    [
      [0, 4096],
      [8192, 12288],
    ],
  ],
] as [[number, number][], [number, number][]][])('%j becomes %j', (extents, merged) => {
  expect(mergeExtents(extents)).toEqual(merged);
});
