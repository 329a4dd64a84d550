import { expect, test } from 'vitest';
import { encryptSectors } from './luks.ts';

// IEEE 1619-2007, annex B, vector 10: 512 bytes with unit number 0xff and two keys of 256 bits. The unit here is 4096 bytes, of
// which the standard's vector is the beginning: XTS without stealing encrypts block by block.
const key = Buffer.from(
  '27182818284590452353602874713526624977572470936999595749669676273141592653589793238462643383279502884197169399375105820974944592',
  'hex',
);

test('XTS-AES-256, by the vector of the standard', () => {
  const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => index & 0xff));
  encryptSectors(bytes, 0xff * 512, key);
  expect(bytes.subarray(0, 32).toString('hex')).toBe(
    '1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b',
  );
});

test('each unit is encrypted by its own number', () => {
  const zeros = Buffer.alloc(8192);
  encryptSectors(zeros, 0, key);
  expect(zeros.subarray(0, 4096).equals(zeros.subarray(4096))).toBe(false);
  const second = Buffer.alloc(4096);
  encryptSectors(second, 4096, key);
  expect(second.equals(zeros.subarray(4096))).toBe(true);
});
