import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { sealLayer } from '../rootfs/seal.ts';
import { openStore } from '../store/local.ts';
import type { TreeRef } from '../store/types.ts';
import { writeOutputTree } from './outputTree.ts';

/** A medium in a store, with a part `root` in it, and a build directory that serves it. */
async function openMedium() {
  const store = await openStore(await tempDirectory());
  onTestFinished(() => store.close());
  const put = (kernel: string) =>
    store.withStaging(async (medium) => {
      await mkdir(join(medium, 'root/live/empty'), { recursive: true });
      await writeFile(join(medium, 'root/live/vmlinuz-6'), kernel, { mode: 0o400 });
      await link(join(medium, 'root/live/vmlinuz-6'), join(medium, 'root/live/vmlinuz'));
      await symlink('live/vmlinuz', join(medium, 'root/linux'));
      await writeFile(join(medium, 'root/run'), '#!/bin/sh');
      await chmod(join(medium, 'root/run'), 0o700);
      for (const path of ['root/live/vmlinuz-6', 'root/live']) await utimes(join(medium, path), 1000, 1000);
      return store.putTree(medium, await sealLayer({ directory: medium, epochSeconds: 2000 }));
    });
  const directory = await tempDirectory();
  const tree = await put('kernel');
  const write = (wanted: TreeRef = tree) =>
    writeOutputTree(directory, { name: 'binary', tree: wanted, inner: 'root', isServed: true }, store);
  return { directory, put, write, path: (name: string) => join(directory, 'binary', name) };
}

test('a part of a tree is written as a directory that everybody may read', async () => {
  const { directory, path, write } = await openMedium();
  expect(await write()).toBe('kernel#!/bin/sh'.length);
  expect(await readdir(directory)).toEqual(['binary']);
  expect(await readFile(path('live/vmlinuz'), 'utf8')).toBe('kernel');
  expect(await readlink(path('linux'))).toBe('live/vmlinuz');
  const [kernel, twin] = [await stat(path('live/vmlinuz-6')), await stat(path('live/vmlinuz'))];
  expect(twin.ino).toBe(kernel.ino);
  expect([kernel.mode & 0o777, kernel.mtimeMs]).toEqual([0o644, 1_000_000]);
  expect([(await stat(path('run'))).mode & 0o777, (await stat(path(''))).mode & 0o777]).toEqual([0o755, 0o755]);
  expect((await stat(path('live'))).mtimeMs).toBe(1_000_000);
});

test('it is written again only where it is not as we left it', async () => {
  const { path, write } = await openMedium();
  await write();
  const { ino } = await stat(path('run'));
  expect(await write()).toBe('kernel#!/bin/sh'.length);
  expect((await stat(path('run'))).ino).toBe(ino);
  await writeFile(path('live/mine'), '');
  await write();
  expect(await readdir(path('live'))).toEqual(['empty', 'vmlinuz', 'vmlinuz-6']);
  await rm(path(''), { recursive: true });
  await write();
  expect(await readFile(path('run'), 'utf8')).toBe('#!/bin/sh');
});

test('another tree takes its place, and it takes that of a file', async () => {
  const { put, path, write } = await openMedium();
  await write();
  await write(await put('newer kernel'));
  expect(await readFile(path('live/vmlinuz'), 'utf8')).toBe('newer kernel');
  await rm(path(''), { recursive: true });
  await writeFile(path(''), 'file');
  await write();
  expect(await readFile(path('live/vmlinuz'), 'utf8')).toBe('kernel');
});
