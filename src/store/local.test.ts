import { chmod, mkdir, readdir, readFile, realpath, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { digestBytes } from './digest.ts';
import { explainDiskError } from './disk.ts';
import { defaultStoreDirectory } from './layout.ts';
import { openStore } from './local.ts';
import { currentOwner, formatOwner } from './owner.ts';
import { removeTree } from './remove.ts';
import type { Json } from './types.ts';

async function newStore() {
  const warnings: string[] = [];
  const store = await openStore(join(await tempDirectory(), 'store'), { warn: (message) => warnings.push(message) });
  return { store, warnings, inStore: (...path: string[]) => join(store.root, ...path) };
}

test.each([
  [{ LIVEWRIGHT_STORE: '/big/store', XDG_CACHE_HOME: '/x' }, '/big/store'],
  [{ XDG_CACHE_HOME: '/x' }, '/x/livewright'],
  [{ XDG_CACHE_HOME: 'relative' }, `${homedir()}/.cache/livewright`],
  [{}, `${homedir()}/.cache/livewright`],
])('with %j the store is %s', (env, directory) => {
  expect(defaultStoreDirectory(env)).toBe(directory);
});

test('a store is private, marked as cache, and can be opened again', async () => {
  const { store, inStore } = await newStore();
  expect((await stat(store.root)).mode & 0o777).toBe(0o700);
  expect(await readFile(inStore('CACHEDIR.TAG'), 'utf8')).toMatch(/^Signature: 8a477f597d28d172789f06886806bc55\n/);
  await openStore(store.root);
  await writeFile(inStore('format'), '2\n');
  await expect(openStore(store.root)).rejects.toMatchObject({ code: 'STORE_UNUSABLE', data: { format: '2' } });
});

test('of a store behind a link the real place counts, also while it is not there yet', async () => {
  const directory = await tempDirectory();
  await mkdir(join(directory, 'disk'));
  await symlink('disk', join(directory, 'link'));
  const store = await openStore(join(directory, 'link/cache/store'));
  expect(store.root).toBe(join(await realpath(directory), 'disk/cache/store'));
  expect((await openStore(join(directory, 'link/cache/store'))).root).toBe(store.root);
});

test.each(['file', 'file/below'])('a store that cannot be at %s says so', async (where) => {
  const directory = await tempDirectory();
  await writeFile(join(directory, 'file'), '');
  const error = { code: 'STORE_UNUSABLE', message: expect.stringContaining(join(directory, where)) };
  await expect(openStore(join(directory, where))).rejects.toMatchObject(error);
});

test('a full disk is named with the bytes that are free', async () => {
  const error = await writeFile('/dev/full', 'x').catch((thrown: unknown) => explainDiskError(thrown, '/dev'));
  expect(error).toMatchObject({ code: 'DISK_FULL', data: { directory: '/dev', freeBytes: expect.any(Number) } });
});

test('bytes and files become read-only blobs named by their content', async () => {
  const { store, inStore } = await newStore();
  const ref = await store.putBytes('hello');
  const path = await store.blobPath(ref);
  expect(path).toBe(inStore('cas', ref.blob.slice(0, 2), ref.blob));
  expect(ref).toEqual({ blob: digestBytes('hello'), sizeBytes: 5 });
  expect((await stat(path)).mode & 0o7777).toBe(0o444);
  const same = await store.withStaging(async (directory) => {
    await writeFile(join(directory, 'file'), 'hello', { mode: 0o4755 });
    return store.putFile(join(directory, 'file'));
  });
  expect(same).toEqual(ref);
  expect((await stat(path)).mode & 0o7777).toBe(0o444);
  expect(await store.findBlob(ref.blob)).toEqual(ref);
  expect(await store.findBlob(digestBytes('other'))).toBeUndefined();
  expect(await store.hasBlob({ ...ref, sizeBytes: 6 })).toBe(false);
});

test('only regular files can become blobs', async () => {
  const { store } = await newStore();
  await store.withStaging(async (directory) => {
    await symlink('/etc/passwd', join(directory, 'link'));
    await expect(store.putFile(join(directory, 'link'))).rejects.toThrow('not a regular file');
  });
});

test('a damaged blob is moved aside once, counts as absent, and can be put again', async () => {
  const { store, inStore } = await newStore();
  const ref = await store.putBytes('hello');
  const path = await store.blobPath(ref);
  await chmod(path, 0o644);
  await writeFile(path, 'jello');
  const warnings: string[] = [];
  // As the next process: this one has already checked the blob.
  const next = await openStore(store.root, { warn: (message) => warnings.push(message) });
  expect(await next.hasBlob(ref)).toBe(true);
  await expect(next.blobPath(ref)).rejects.toMatchObject({ code: 'STORE_CORRUPT', data: { blob: ref.blob } });
  expect(warnings).toEqual([expect.stringContaining(path)]);
  expect(await readdir(inStore('corrupt'))).toEqual([expect.stringContaining(ref.blob)]);
  expect(await next.findBlob(ref.blob)).toBeUndefined();
  await next.putBytes('hello');
  expect(await readFile(await next.blobPath(ref), 'utf8')).toBe('hello');
});

test('an action is there as long as all that its result refers to is', async () => {
  const { store } = await newStore();
  const blob = await store.putBytes('content');
  const tree = await store.withStaging(async (directory) => {
    await mkdir(join(directory, 'tree'));
    return store.putTree(join(directory, 'tree'), 'manifest');
  });
  const result: Json = { deep: [{ name: 'x', ...blob }, { layers: [tree] }], text: 'and more' };
  const record = { key: digestBytes('key'), step: 'example', result, durationMs: 12 };
  await store.putAction(record);
  expect(await store.getAction(record.key)).toEqual(record);
  expect(await store.getAction(digestBytes('other'))).toBeUndefined();
  await chmod(await store.blobPath(blob), 0o644);
  await truncate(await store.blobPath(blob), 3);
  expect(await store.getAction(record.key)).toBeUndefined();
  await store.withStaging(async (directory) => {
    await writeFile(join(directory, 'file'), 'content');
    await store.putFile(join(directory, 'file'));
  });
  expect(await store.getAction(record.key)).toEqual(record);
  await removeTree(await store.treePath(tree));
  expect(await store.getAction(record.key)).toBeUndefined();
});

test.each(['', '{', '{"key":"x"}', '[]'])('a damaged record %j counts as absent and is moved aside', async (text) => {
  const { store, warnings, inStore } = await newStore();
  const key = digestBytes('key');
  await store.putAction({ key, step: 'example', result: null, durationMs: 1 });
  await writeFile(inStore('ac', key.slice(0, 2), key), text);
  expect(await store.getAction(key)).toBeUndefined();
  expect(warnings).toHaveLength(1);
});

test('a tree keeps the mode of its root, and a second one of the same manifest is discarded', async () => {
  const { store } = await newStore();
  const put = (text: string) =>
    store.withStaging(async (directory) => {
      const tree = join(directory, 'tree');
      await mkdir(tree);
      await writeFile(join(tree, 'file'), text);
      await chmod(tree, 0o555);
      return store.putTree(tree, 'the manifest');
    });
  const ref = await put('first');
  expect(await put('second')).toEqual(ref);
  const path = await store.treePath(ref);
  expect((await stat(path)).mode & 0o7777).toBe(0o555);
  expect(await readFile(join(path, 'file'), 'utf8')).toBe('first');
  expect(await store.readManifest(ref)).toBe('the manifest');
  expect(await store.hasTree({ tree: digestBytes('other') })).toBe(false);
  await expect(store.treePath({ tree: digestBytes('other') })).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
});

test('a staging directory goes away when its action ends, however it ends', async () => {
  const { store, inStore } = await newStore();
  const seen: string[] = [];
  const fail = store.withStaging(async (directory) => {
    seen.push(directory);
    expect((await stat(directory)).mode & 0o7777).toBe(0o755);
    await mkdir(join(directory, 'closed'), { mode: 0 });
    throw new Error('on purpose');
  });
  await expect(fail).rejects.toThrow('on purpose');
  await store.close();
  expect(seen[0]).toContain(inStore('tmp'));
  expect(await readdir(inStore('tmp'))).toEqual([]);
  expect(await readdir(inStore('users'))).toEqual([]);
});

test('what dead processes have left is removed, what living ones hold stays', async () => {
  const { store, inStore } = await newStore();
  const alive = currentOwner();
  const dead = [
    formatOwner({ ...alive, startTicks: '1' }),
    formatOwner({ ...alive, boot: 'f'.repeat(32) }),
    'not an owner at all',
  ];
  for (const name of dead) await mkdir(inStore('tmp', name, 'x'), { recursive: true });
  await symlink(`${dead[0]}.${'0'.repeat(16)}`, inStore('locks', 'a'.repeat(64)));
  await store.withStaging(async (directory) => {
    await openStore(store.root);
    await stat(directory);
    expect(await readdir(inStore('tmp'))).toEqual([formatOwner(alive)]);
    expect(await readdir(inStore('locks'))).toEqual([]);
  });
});
