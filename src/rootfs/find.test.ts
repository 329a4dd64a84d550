import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { openStore } from '../store/local.ts';
import { findInLayers, type Layer, listInLayers, readInLayers, readLayers } from './find.ts';
import { writeManifest } from './manifest.ts';

const DELETED = Symbol('whiteout');
type Content = string | typeof DELETED | { readonly link: string };

/** A layer with these files; a directory of `opaque` hides what is below. */
async function layerOf(files: Readonly<Record<string, Content>>, opaque: readonly string[] = []): Promise<Layer> {
  const path = await tempDirectory();
  for (const name of opaque) await mkdir(join(path, name), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    // Linux lets everybody make this device, since 5.8.
    if (content === DELETED) execFileSync('mknod', [file, 'c', '0', '0']);
    else if (typeof content === 'string') await writeFile(file, content);
    else await symlink(content.link, file);
  }
  return { path, opaque: new Set(opaque) };
}

test('the topmost layer counts', async () => {
  const layers = [await layerOf({ 'etc/a': 'low', 'etc/b': 'low' }), await layerOf({ 'etc/a': 'high' })];
  expect(await readInLayers(layers, 'etc/a')).toBe('high');
  expect(await readInLayers(layers, 'etc/b')).toBe('low');
  expect(await readInLayers(layers, 'etc/c')).toBeUndefined();
  expect(await readInLayers(layers, 'no/such/directory')).toBeUndefined();
  expect(await findInLayers([], 'etc/a')).toBeUndefined();
});

const below = { 'boot/old': 'low', 'boot/deep/old': 'low' };
test.each<[string, Readonly<Record<string, Content>>, readonly string[], readonly string[]]>([
  ['nothing of it', {}, [], ['deep', 'old']],
  ['a file more', { 'boot/new': '' }, [], ['deep', 'new', 'old']],
  ['a file deleted', { 'boot/old': DELETED }, [], ['deep']],
  ['a directory deleted', { 'boot/deep': DELETED }, [], ['old']],
  ['all deleted', { boot: DELETED }, [], []],
  ['all replaced', { 'boot/new': '' }, ['boot'], ['new']],
  ['all replaced by nothing', {}, ['boot'], []],
  ['all replaced by a file', { boot: '' }, [], []],
  ['all replaced by a link', { boot: { link: 'elsewhere' } }, [], []],
  ['an inner directory replaced', {}, ['boot/deep'], ['deep', 'old']],
])('a layer above with %s', async (_, files, opaque, names) => {
  const layers = [await layerOf(below), await layerOf(files, opaque)];
  expect(await listInLayers(layers, 'boot')).toEqual(names);
  expect((await findInLayers(layers, 'boot/old')) !== undefined).toBe(names.includes('old'));
  const isDeepShown = names.includes('deep') && !opaque.includes('boot/deep');
  expect((await findInLayers(layers, 'boot/deep/old')) !== undefined).toBe(isDeepShown);
});

test('what was deleted may come again', async () => {
  const layers = [await layerOf(below), await layerOf({ 'boot/old': DELETED }), await layerOf({ 'boot/old': 'new' })];
  expect(await readInLayers(layers, 'boot/old')).toBe('new');
});

test('a link leads to a file of the stack, never of the host', async () => {
  const layers = [
    await layerOf({ 'etc/passwd': 'of the image', 'usr/lib/os-release': 'release' }),
    await layerOf({
      ...{ 'boot/absolute': { link: '/etc/passwd' }, 'boot/relative': { link: '../etc/passwd' } },
      ...{ 'boot/too-high': { link: '../../../etc/passwd' }, 'etc/os-release': { link: '../usr/lib/os-release' } },
      ...{ 'boot/twice': { link: 'relative' }, 'boot/loop': { link: 'loop' }, 'boot/host': { link: '/proc/version' } },
      ...{ lib: { link: '/usr/lib' }, etcetera: { link: '/etc' } },
    }),
  ];
  for (const name of ['absolute', 'relative', 'too-high', 'twice']) {
    expect(await readInLayers(layers, `boot/${name}`)).toBe('of the image');
  }
  expect(await readInLayers(layers, 'etc/os-release')).toBe('release');
  expect(await readInLayers(layers, 'boot/loop')).toBeUndefined();
  expect(await readInLayers(layers, 'boot/host')).toBeUndefined();
  expect(await listInLayers(layers, 'etcetera')).toEqual([]);
  expect(await findInLayers(layers, 'etcetera/passwd')).toBeUndefined();
});

test('which directories hide is read from the manifest', async () => {
  const store = await openStore(await tempDirectory());
  const entry = { type: 'd', mode: 0o755, uid: 0, gid: 0, mtimeSeconds: 0, sizeBytes: 0, content: '' } as const;
  const manifest = writeManifest([
    { ...entry, path: '.' },
    { ...entry, path: 'plain', xattrs: { 'user.overlay.redirect': '79' } },
    { ...entry, path: 'x', xattrs: { 'user.overlay.opaque': '78' } },
    { ...entry, path: 'a b/"ö', xattrs: { 'security.a': '00', 'user.overlay.opaque': '79' } },
    { ...entry, path: 'file', type: 'f', content: '"user.overlay.opaque":"79"' },
  ]);
  const layer = await store.withStaging((directory) => store.putTree(directory, manifest));
  expect(await readLayers(store, [layer])).toEqual([
    { path: await store.treePath(layer), opaque: new Set(['a b/"ö']) },
  ]);
  await store.close();
});
