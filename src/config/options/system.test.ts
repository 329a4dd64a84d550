import { expect, test } from 'vitest';
import { systemOptions } from './system.ts';

test.each([
  ['xz', true],
  ['zstd -b 1M', true],
  ['xz -Xbcj x86 -b 256K -Xdict-size 100%', true],
  ['zstd  -b 131072 ', true],
  ['zstd -b', false],
  ['zstd -b 100K', false],
  ['zstd -b 2M', false],
  ['zstd -b1M', false],
  ['brotli', false],
])('compression %j is accepted: %s', (text, isAccepted) => {
  expect(systemOptions.chrootSquashfsCompressionType.type.parse(text) !== undefined).toBe(isAccepted);
});
