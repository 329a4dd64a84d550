import { spawnSync } from 'node:child_process';
import { chmod, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestTree } from './digestTree.ts';
import { findIncludes } from './includes.ts';
import { makeTree } from './tree.testing.ts';

test('include directories with anything in them are found, the old name too', async () => {
  const directory = await makeTree({
    'config/includes.chroot/etc/motd': 'x',
    'config/includes.binary/.keep': '',
    'config/includes.source/x': 'nobody reads this',
    'config/includes.chroot_before_packages': ['link', 'package-lists'],
    'config/package-lists/none': '',
  });
  expect(await findIncludes(directory)).toEqual([
    { kind: 'chroot-before', path: 'config/includes.chroot_before_packages' },
    { kind: 'chroot-after', path: 'config/includes.chroot' },
    { kind: 'binary', path: 'config/includes.binary' },
  ]);
});

test('files for the system that are all hidden count for nothing, and no more beside the other name', async () => {
  const kept = { 'config/includes.chroot/.gitkeep': '', 'config/includes.chroot_before_packages/.gitkeep': '' };
  expect(await findIncludes(await makeTree(kept))).toEqual([]);
  expect(await findIncludes(await makeTree({ ...kept, 'config/includes.chroot_after_packages/a': '' }))).toEqual([
    { kind: 'chroot-after', path: 'config/includes.chroot_after_packages' },
  ]);
  const installer = await makeTree({ 'config/includes.installer/.profile': '' });
  expect(await findIncludes(installer)).toEqual([{ kind: 'installer', path: 'config/includes.installer' }]);
});

test('the two names of one directory cannot both be in use', async () => {
  const directory = await makeTree({
    'config/includes.chroot/a': '',
    'config/includes.chroot_after_packages/b': '',
  });
  await expect(findIncludes(directory)).rejects.toMatchObject({ code: 'CONFIG_VALUE' });
});

const files = { 'a/b': 'text', 'a/c d': '', link: ['link', '/dev/null'] } as const;

test.each<[string, (directory: string) => Promise<unknown>]>([
  ['content', (directory) => writeFile(join(directory, 'a/b'), 'texT')],
  ['a name', (directory) => rename(join(directory, 'a/b'), join(directory, 'a/B'))],
  ['a mode', (directory) => chmod(join(directory, 'a/b'), 0o755)],
  ['the mode of a directory', (directory) => chmod(join(directory, 'a'), 0o700)],
  ['a link', (directory) => symlink('x', join(directory, 'new'))],
  ['a new empty file', (directory) => writeFile(join(directory, 'new'), '')],
])('the digest changes with %s', async (_, change) => {
  const directory = await makeTree(files);
  const before = await digestTree(directory);
  expect(before).toMatchObject({ entries: 4, sizeBytes: 4 });
  await change(directory);
  expect((await digestTree(directory)).digest).not.toBe(before.digest);
});

test('the digest is the same for a copy elsewhere and at another time', async () => {
  const [one, other] = [await makeTree(files), await makeTree(files)];
  await utimes(join(other, 'a/b'), 1, 1);
  expect((await digestTree(one)).digest).toBe((await digestTree(other)).digest);
});

test('names that are no UTF-8 are told apart', async () => {
  const make = (byte: string) => `printf x > "$(printf 'f\\${byte}')"`;
  const digests = await Promise.all(
    ['351', '350'].map(async (byte) => {
      const directory = await makeTree({});
      expect(spawnSync('/bin/sh', ['-c', make(byte)], { cwd: directory }).status).toBe(0);
      return (await digestTree(directory)).digest;
    }),
  );
  expect(digests[0]).not.toBe(digests[1]);
});

test('a pipe is refused with its place', async () => {
  const directory = await makeTree({});
  expect(spawnSync('mkfifo', [join(directory, 'pipe')]).status).toBe(0);
  await expect(digestTree(directory)).rejects.toMatchObject({ place: { path: join(directory, 'pipe') } });
});
