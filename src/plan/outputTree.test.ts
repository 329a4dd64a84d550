import {
  appendFile,
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { sealLayer } from '../rootfs/seal.ts';
import { openStore } from '../store/local.ts';
import { type OutputTree, writeOutputTree } from './outputTree.ts';

const epochSeconds = 1_700_000_000;

async function open(inner = '') {
  const [directory, store] = [await tempDirectory(), await openStore(await tempDirectory())];
  onTestFinished(() => store.close());
  const source = join(await tempDirectory(), 'medium');
  const root = join(source, inner);
  await mkdir(join(root, 'live'), { recursive: true });
  await writeFile(join(root, 'live/small'), 'small');
  await writeFile(join(root, 'live/big'), '');
  await truncate(join(root, 'live/big'), 17 << 20);
  await chmod(join(root, 'live/big'), 0o444);
  await writeFile(join(root, 'live/initrd'), '');
  await truncate(join(root, 'live/initrd'), 17 << 20);
  await symlink('live/small', join(root, 'link'));
  const tree = await store.putTree(source, await sealLayer({ directory: source, epochSeconds }));
  const output: OutputTree = { name: 'binary', tree, inner };
  const write = () => writeOutputTree(directory, output, store);
  await write();
  const path = (name: string) => join(directory, 'binary', name);
  return { directory, store, output, write, path, root: join(await store.treePath(tree), inner) };
}

test.each(['', 'debian-live'])(
  'the medium lies beside the image (root %j): files are copies, but for a big one that is read-only',
  async (inner) => {
    const { path, root, directory } = await open(inner);
    expect(await readFile(path('link'), 'utf8')).toBe('small');
    expect((await lstat(path('live'))).mtimeMs).toBe(epochSeconds * 1000);
    const inode = async (file: string) => (await lstat(file)).ino;
    expect(await inode(path('live/small'))).not.toBe(await inode(join(root, 'live/small')));
    expect(await inode(path('live/initrd'))).not.toBe(await inode(join(root, 'live/initrd')));
    expect(await inode(path('live/big'))).toBe(await inode(join(root, 'live/big')));
    expect(await readdir(directory)).toEqual(['binary']);
  },
);

test('one that is as we left it is not written again', async () => {
  const { write, path } = await open();
  const before = await lstat(path('live/small'));
  await write();
  expect((await lstat(path('live/small'))).ino).toBe(before.ino);
});

test.each<[string, (path: (name: string) => string) => Promise<unknown>]>([
  ['a file is changed', (path) => appendFile(path('live/small'), 'x')],
  ['a file is gone', (path) => rm(path('live/small'))],
  ['a file is new', (path) => writeFile(path('live/new'), '')],
  ['a link leads elsewhere', (path) => rm(path('link')).then(() => symlink('live', path('link')))],
  ['all is gone', (path) => rm(dirname(path('x')), { recursive: true })],
])('it is written again where %s', async (_, spoil) => {
  const { write, path, root } = await open();
  await spoil(path);
  await write();
  expect((await readdir(dirname(path('x')), { recursive: true })).sort()).toEqual([
    'link',
    'live',
    'live/big',
    'live/initrd',
    'live/small',
  ]);
  expect(await readFile(path('live/small'), 'utf8')).toBe('small');
  expect(await readFile(path('link'), 'utf8')).toBe('small');
  expect(await readFile(join(root, 'live/small'), 'utf8')).toBe('small');
});

test('a link that root has written through is found, and what it leads to is made again', async () => {
  const { write, path, store, output } = await open();
  const content = (await store.readManifest(output.tree)).split('\n').flatMap((line) => {
    const [name, , , , , , , sum] = line === '' ? [] : (JSON.parse(line) as string[]);
    return name === 'live/big' ? [sum ?? ''] : [];
  });
  const blob = await store.putFile(await copyOf(path('live/big')));
  expect([blob.blob]).toEqual(content);
  // Whoever is not root cannot do this by accident.
  await chmod(path('live/big'), 0o644);
  await appendFile(path('live/big'), 'x');
  await chmod(path('live/big'), 0o444);
  await expect(write()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  expect([await store.hasTree(output.tree), await store.hasBlob(blob)]).toEqual([false, false]);
});

test.each([
  ['the same bytes anew', (path: string) => writeFile(path, Buffer.alloc(17 << 20))],
  ['other bytes, as many', (path: string) => writeFile(path, Buffer.alloc(17 << 20, 1))],
])('so is one that holds %s', async (_, spoil) => {
  const { write, path } = await open();
  await chmod(path('live/big'), 0o644);
  await spoil(path('live/big'));
  await chmod(path('live/big'), 0o444);
  await expect(write()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
});

test('a time that another build has lowered is no damage', async () => {
  const { write, path } = await open();
  await utimes(path('live/big'), 1000, 1000);
  await write();
  expect((await lstat(path('live/big'))).mtimeMs).toBe(1_000_000);
});

async function copyOf(path: string): Promise<string> {
  const copy = join(await tempDirectory(), 'copy');
  await copyFile(path, copy);
  return copy;
}
