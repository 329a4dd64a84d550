import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { digestBytes, digestFile, digestJson, parseDigest } from './digest.ts';

test.each([0, 1, 3_000_000])('a file of %d bytes has the digest that sha256sum gives it', async (sizeBytes) => {
  const path = join(await tempDirectory(), 'file');
  const bytes = randomBytes(sizeBytes);
  await writeFile(path, bytes);
  const blob = execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64);
  expect(await digestFile(path)).toEqual({ blob, sizeBytes });
  expect(digestBytes(bytes)).toBe(blob);
});

test('JSON is digested by its canonical text', () => {
  expect(digestJson({ b: 1, a: 2 })).toBe(digestBytes('{"a":2,"b":1}'));
});

test.each([
  ['a'.repeat(64), true],
  ['A'.repeat(64), false],
  ['a'.repeat(63), false],
  [`${'a'.repeat(64)}\n`, false],
  [7, false],
])('%j is a digest: %s', (text, expected) => {
  expect(parseDigest(text) !== undefined).toBe(expected);
});
