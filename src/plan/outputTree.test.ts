import { appendFile, chmod, lstat, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
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
