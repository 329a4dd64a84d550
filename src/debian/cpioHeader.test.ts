import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cpioHeader, cpioPadding, cpioTrailer } from './cpio.ts';

test('cpio itself reads it, names and data of any length', () => {
  const entry = { mode: 0o100_644, inode: 1, mtimeSeconds: 1_700_000_000 };
  const files = ['', '1', '22', '333', '4444', '55555'].map((data, index) => ({ name: `f${'x'.repeat(index)}`, data }));
  const archive = Buffer.concat([
    ...files.flatMap(({ name, data }, index) => [
      cpioHeader({ ...entry, path: name, inode: index + 1, sizeBytes: data.length }),
      Buffer.from(data),
      cpioPadding(data.length),
    ]),
    cpioTrailer(),
  ]);
  const list = execFileSync('cpio', ['-itv', '--numeric-uid-gid'], { input: archive, encoding: 'utf8', stdio: 'pipe' });
  const lines = list.trim().split('\n');
  expect(lines.map((line) => line.split(/\s+/).at(-1))).toEqual(files.map(({ name }) => name));
  for (const [index, line] of lines.entries()) expect(line).toMatch(new RegExp(`^-rw-r--r-- +1 0 +0 +${index} `));
  const content = execFileSync('cpio', ['-i', '--to-stdout', '--quiet'], { input: archive, encoding: 'utf8' });
  expect(content).toBe(files.map(({ data }) => data).join(''));
});

test('a file of 4 GiB does not fit', () => {
  const entry = { path: 'a', mode: 0o100_644, inode: 1, mtimeSeconds: 0 };
  expect(() => cpioHeader({ ...entry, sizeBytes: 2 ** 32 })).toThrow('too large');
  expect(cpioHeader({ ...entry, sizeBytes: 2 ** 32 - 1 }).toString()).toContain('ffffffff');
});
