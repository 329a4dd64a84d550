import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compressions, expectTree, makeImage, readTree, trees } from './tree.testing.ts';
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
