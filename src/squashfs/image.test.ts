import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compressions, expectTree, makeBytes, makeImage, readTree, type TestEntry, trees } from './tree.testing.ts';
import { verifyImage } from './verify.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-squashfs-'));
});
afterAll(() => rm(directory, { recursive: true }));

test.each(compressions)('what mksquashfs writes is read back: %s %s %s', async (...words) => {
  const image = join(directory, 'image');
  const further = fc.constantFrom([], ['-noI'], ['-noF', '-noD'], ['-no-fragments'], ['-always-use-fragments']);
  await fc.assert(
    fc.asyncProperty(trees, further, async (entries, more) => {
      makeImage(image, entries, [...words, ...more]);
      const [found, expected] = [await readTree(image), expectTree(entries)];
      expect(found.delete('.') && expected.delete('.')).toBe(true);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
      expect((await verifyImage(image)).names).toBe(entries.length);
    }),
    { numRuns: 12 },
  );
});

test.each(compressions)('blocks that repeat what is far back are read: %s %s %s %s', async (...words) => {
  const image = join(directory, 'image');
  const noise = makeBytes('noise', 28_000, 3);
  const pieces = [noise, makeBytes('text', 2000, 4), noise, noise.subarray(10_000, 10_300), noise];
  const attributes = { mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 0 };
  const file: TestEntry = { ...attributes, kind: 'file', path: 'f', bytes: Buffer.concat(pieces), content: undefined };
  const root: TestEntry = { ...attributes, kind: 'directory', path: '.' };
  makeImage(image, [file], [...words, '-b', '256K']);
  expect((await readTree(image)).get('f')).toBe(expectTree([root, file]).get('f'));
  expect((await stat(image)).size).toBeLessThan(50_000);
});
