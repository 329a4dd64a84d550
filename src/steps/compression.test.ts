import { expect, test } from 'vitest';
import { readCompression } from './compression.ts';

test.each([
  ['', undefined, 'xz', ['-comp', 'xz'], 131_072],
  ['xz -Xbcj x86', undefined, 'xz', ['-comp', 'xz', '-Xbcj', 'x86'], 131_072],
  ['zstd', 19, 'zstd', ['-comp', 'zstd', '-Xcompression-level', '19'], 131_072],
  ['zstd -b 1M', undefined, 'zstd', ['-comp', 'zstd'], 1 << 20],
  ['xz -b 256k -Xbcj x86', undefined, 'xz', ['-comp', 'xz', '-Xbcj', 'x86'], 256 << 10],
  ['gzip  -b\t65536', 9, 'gzip', ['-comp', 'gzip', '-Xcompression-level', '9'], 65_536],
])('%j, level %s', (type, level, codec, words, blockSizeBytes) => {
  expect(readCompression({ type, level })).toEqual({ codec, words, blockSizeBytes });
});
