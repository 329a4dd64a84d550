import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withImage } from '../image.ts';
import { makeBytes } from '../tree.testing.ts';
import { objectArguments, STORED } from './objectArguments.ts';

const files = Array.from({ length: 200 }, (_, at) => ({ path: `d/${at}`, bytes: makeBytes('text', at * 60, at) }));

test('the same files give the same object, whenever and in whatever order they were written', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lw-object-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const make = async (name: string, order: typeof files, mtime: number, processors: string) => {
    const source = join(directory, name);
    await mkdir(join(source, 'd'), { recursive: true });
    for (const { path, bytes } of order) {
      await writeFile(join(source, path), bytes);
      await utimes(join(source, path), mtime, mtime);
    }
    const output = `${source}.squashfs`;
    const compression = ['-comp', 'zstd'];
    const [program, ...words] = objectArguments({ source, output, compression, blockSizeBytes: 131_072 });
    execFileSync(program!, [...words, '-processors', processors], { stdio: 'pipe' });
    return output;
  };
  const one = await make('one', files, 1000, '1');
  const other = await make('other', files.toReversed(), 2_000_000_000, '4');
  expect((await readFile(one)).equals(await readFile(other))).toBe(true);
  await withImage(one, async ({ file, inodes }) => {
    // Not compressed: bit 15 of the header.
    expect((await file.read(inodes.start, 2)).readUInt16LE() & 0x8000).toBe(0x8000);
  });
});

test('what is compressed already is stored as it is, and all else is compressed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lw-object-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const source = join(directory, 'source');
  await mkdir(source);
  const bytes = makeBytes('text', 100_000, 1);
  for (const name of ['module.ko.xz', `0${STORED}`, 'text']) await writeFile(join(source, name), bytes);
  const output = join(directory, 'object');
  const options = { source, output, compression: ['-comp', 'xz', '-no-duplicates'], blockSizeBytes: 131_072 };
  const [program, ...words] = objectArguments(options);
  execFileSync(program!, words, { stdio: 'pipe' });
  const { size } = await stat(output);
  expect(size).toBeGreaterThan(2 * bytes.length);
  expect(size).toBeLessThan(2.9 * bytes.length);
  const listing = execFileSync('unsquashfs', ['-cat', output, 'module.ko.xz']);
  expect(listing.equals(bytes)).toBe(true);
});
