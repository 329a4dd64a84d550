import { chmod, link, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import type { LocalStore } from '../store/local.ts';
import { openStore } from '../store/local.ts';
import type { TreeRef } from '../store/types.ts';
import type { ManifestEntry } from './manifest.ts';
import { mergeManifests, writeMerged } from './merge.ts';
import { hashFile, sealLayer } from './seal.ts';

const epochSeconds = 1_700_000_000;

const entry = (path: string, type: ManifestEntry['type'], rest: Partial<ManifestEntry> = {}): ManifestEntry => ({
  ...{ path, type, mode: 0o755, uid: 0, gid: 0, mtimeSeconds: 1, sizeBytes: 0, content: '' },
  ...rest,
});
const opaque = { xattrs: { 'user.overlay.opaque': '79' } };

test.each<[string, ManifestEntry[], ManifestEntry[], string[]]>([
  ['files of both', [entry('a', 'f')], [entry('b', 'f')], ['a 0', 'b 1']],
  ['a file again', [entry('a', 'f')], [entry('a', 'f')], ['a 1']],
  ['a whiteout', [entry('a', 'f'), entry('ab', 'f')], [entry('a', 'w')], ['ab 0']],
  ['a whiteout of a directory', [entry('d', 'd'), entry('d-e', 'f'), entry('d/x', 'f')], [entry('d', 'w')], ['d-e 0']],
  [
    'a directory that is merged',
    [entry('d', 'd'), entry('d/x', 'f')],
    [entry('d', 'd'), entry('d/y', 'f')],
    ['d 1', 'd/x 0', 'd/y 1'],
  ],
  [
    'a directory that hides',
    [entry('d', 'd'), entry('d/x', 'f')],
    [entry('d', 'd', opaque), entry('d/y', 'f')],
    ['d 1', 'd/y 1'],
  ],
  ['a file for a directory', [entry('d', 'd'), entry('d/x', 'f')], [entry('d', 'f')], ['d 1']],
  ['a directory for a file', [entry('d', 'f')], [entry('d', 'd'), entry('d/x', 'f')], ['d 1', 'd/x 1']],
])('layers that have %s', (_, lower, upper, expected) => {
  expect(mergeManifests([lower, upper]).map(({ path, layer }) => `${path} ${layer}`)).toEqual(expected);
});

async function open() {
  const store = await openStore(await tempDirectory());
  onTestFinished(() => store.close());
  return store;
}

type Files = Readonly<Record<string, string | { readonly link: string } | { readonly twin: string }>>;

async function layerOf(store: LocalStore, files: Files): Promise<TreeRef> {
  const directory = join(await tempDirectory(), 'layer');
  await mkdir(directory);
  for (const [path, content] of Object.entries(files)) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    if (typeof content === 'string') await writeFile(target, content);
    else if ('link' in content) await symlink(content.link, target);
    else await link(join(directory, content.twin), target);
  }
  return store.putTree(directory, await sealLayer({ directory, epochSeconds }));
}

test('the merged tree has the layers’ files, links, twins and times, and its digest is that of one layer', async () => {
  const store = await open();
  const first = { 'live/a': 'a', 'live/b': { twin: 'live/a' }, 'live/z': 'old', l: { link: 'live/a' } };
  const layers = [await layerOf(store, first), await layerOf(store, { 'live/z': 'new', 'x/y': 'y' })];
  const target = join(await tempDirectory(), 'merged');
  const sums = await writeMerged(store, layers, target);
  const read = (path: string) => readFile(join(target, path), 'utf8');
  expect([await read('live/a'), await read('live/b'), await read('live/z'), await read('l')]).toEqual([
    ...['a', 'a', 'new', 'a'],
  ]);
  expect((await lstat(join(target, 'live/a'))).ino).toBe((await lstat(join(target, 'live/b'))).ino);
  for (const [path, sum] of sums) expect(await hashFile(join(target, path), 0)).toBe(sum);
  expect([...sums.keys()].sort()).toEqual(['live/a', 'live/b', 'live/z', 'x/y']);
  expect((await lstat(join(target, 'live'))).mtimeMs).toBe(epochSeconds * 1000);
  const whole = await layerOf(store, { ...first, 'live/z': 'new', 'x/y': 'y' });
  const sealed = await sealLayer({ directory: target, epochSeconds });
  expect(sealed).toBe(await store.readManifest(whole));
  expect(await sealLayer({ directory: target, epochSeconds, knownSha256: sums })).toBe(sealed);
});

test('the second name of a file whose first name is gone keeps its content', async () => {
  const store = await open();
  const lower = await layerOf(store, { a: 'text', b: { twin: 'a' } });
  const upper = await layerOf(store, { a: 'other' });
  const target = join(await tempDirectory(), 'merged');
  const sums = await writeMerged(store, [lower, upper], target);
  expect(await readFile(join(target, 'b'), 'utf8')).toBe('text');
  expect(sums.get('b')).toBe(await hashFile(join(target, 'b'), 0));
});

test('modes of directories are the topmost layer’s', async () => {
  const store = await open();
  const directory = join(await tempDirectory(), 'layer');
  await mkdir(join(directory, 'd'), { recursive: true });
  await chmod(join(directory, 'd'), 0o700);
  const upper = await store.putTree(directory, await sealLayer({ directory, epochSeconds }));
  const target = join(await tempDirectory(), 'merged');
  await writeMerged(store, [await layerOf(store, { 'd/x': '' }), upper], target);
  expect((await lstat(join(target, 'd'))).mode & 0o777).toBe(0o700);
});
