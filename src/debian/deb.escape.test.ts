import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { debOf, type TarMember, tarOf } from './archives.testing.ts';
import { unpackDeb } from './deb.ts';
import { createTreeWriter } from './treeWriter.ts';

let directory: string;
let target: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-escape-'));
  target = join(directory, 'target');
  await mkdir(target);
  await mkdir(join(directory, 'outside'));
  await writeFile(join(directory, 'outside', 'victim'), 'untouched', { mode: 0o640 });
});

afterEach(async () => {
  const victim = join(directory, 'outside', 'victim');
  expect(await readFile(victim, 'utf8')).toBe('untouched');
  expect((await lstat(victim)).mode & 0o777).toBe(0o640);
  expect((await lstat(victim)).nlink).toBe(1);
  expect(await readdir(join(directory, 'outside'))).toEqual(['victim']);
  expect((await readdir(directory)).sort()).toEqual(['hostile.deb', 'outside', 'target']);
  await rm(directory, { recursive: true });
});

async function unpack(members: readonly TarMember[]): Promise<LivewrightError | undefined> {
  const path = join(directory, 'hostile.deb');
  await writeFile(path, debOf(tarOf(members)));
  const writer = createTreeWriter(target);
  try {
    await unpackDeb(path, writer);
    writer.finish();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(LivewrightError);
    expect((error as LivewrightError).code).toBe('ARCHIVE_FORMAT');
    return error as LivewrightError;
  }
}

const inTarget = (path: string) => readFile(join(target, path), 'utf8');

test.each(['../outside/victim', 'a/../../outside/victim', '/../outside/victim', '..'])(
  'a path with dots is refused: %s',
  async (path) => {
    expect((await unpack([{ path, body: 'evil' }]))?.message).toContain('leads out of the tree');
  },
);

test('an absolute path is taken below the target', async () => {
  expect(await unpack([{ path: join(directory, 'outside', 'victim'), body: 'evil' }])).toBeUndefined();
  expect(await inTarget(join(directory, 'outside', 'victim'))).toBe('evil');
});

test.each([
  ['absolute', () => join(directory, 'outside')],
  ['relative', () => '../outside'],
  ['far relative', () => '../../../../../../../..'],
])('writing through a symlink to a directory outside stays inside: %s', async (_, linkTarget) => {
  await unpack([
    { path: 'way', flag: '2', linkTarget: linkTarget() },
    { path: 'way/victim', body: 'evil' },
  ]);
});

test('writing through two symlinks stays inside', async () => {
  await unpack([
    { path: 'up', flag: '2', linkTarget: '..' },
    { path: 'way', flag: '2', linkTarget: 'up/outside' },
    { path: 'way/victim', body: 'evil' },
    { path: 'a/b', flag: '5', mode: 0o755 },
    { path: 'a/b/up', flag: '2', linkTarget: '../../..' },
    { path: 'a/b/up/outside/victim', body: 'evil' },
  ]);
});

test('a file replaces a symlink and is not written through it', async () => {
  await unpack([
    { path: 'way', flag: '2', linkTarget: '../outside/victim' },
    { path: 'way', body: 'mine' },
  ]);
  expect(await inTarget('way')).toBe('mine');
});

test('a symlink that is changed after it was followed leads nowhere outside', async () => {
  await unpack([
    { path: 'real', flag: '5', mode: 0o755 },
    { path: 'way', flag: '2', linkTarget: 'real' },
    { path: 'way/first', body: '1' },
    { path: 'way', flag: '2', linkTarget: '../outside' },
    { path: 'way/victim', body: 'evil' },
  ]);
  expect(await inTarget('real/first')).toBe('1');
});

test('a hard link to a file outside is refused', async () => {
  expect(await unpack([{ path: 'x', flag: '1', linkTarget: '../outside/victim' }])).toBeDefined();
  expect(await unpack([{ path: 'x', flag: '1', linkTarget: join(directory, 'outside/victim') }])).toBeDefined();
});

test('a hard link through a symlink is refused, and one to a symlink links the symlink', async () => {
  const error = await unpack([
    { path: 'way', flag: '2', linkTarget: '../outside' },
    { path: 'x', flag: '1', linkTarget: 'way/victim' },
  ]);
  expect(error?.message).toContain('not a file of this tree');
  await unpack([
    { path: 'link', flag: '2', linkTarget: '../outside/victim' },
    { path: 'same', flag: '1', linkTarget: 'link' },
    { path: 'same', body: 'mine' },
  ]);
  expect(await inTarget('same')).toBe('mine');
});

test('writing to one name of a hard link leaves the other', async () => {
  await unpack([
    { path: 'a', body: 'first' },
    { path: 'b', flag: '1', linkTarget: 'a' },
    { path: 'b', body: 'second' },
  ]);
  expect([await inTarget('a'), await inTarget('b')]).toEqual(['first', 'second']);
});

test('symlinks that go round in a circle are refused', async () => {
  const error = await unpack([
    { path: 'a', flag: '2', linkTarget: 'b' },
    { path: 'b', flag: '2', linkTarget: 'a' },
    { path: 'a/x', body: '' },
  ]);
  expect(error?.message).toContain('circle');
});

test.each<[string, readonly TarMember[]]>([
  ['a file as a directory', [{ path: 'f' }, { path: 'f/x' }]],
  [
    'a directory as a file',
    [
      { path: 'd', flag: '5' },
      { path: 'd', body: 'x' },
    ],
  ],
  ['the root as a file', [{ path: './', body: 'x' }]],
  ['an empty symlink', [{ path: 's', flag: '2' }]],
])('%s is refused', async (_, members) => {
  expect(await unpack(members)).toBeDefined();
});

test('set-id bits and devices do not arrive', async () => {
  await unpack([
    { path: 'suid', mode: 0o6755, body: 'x' },
    { path: 'null', flag: '3' },
    { path: 'disk', flag: '4' },
    { path: 'pipe', flag: '6' },
    { path: 'sgid', flag: '5', mode: 0o2775 },
  ]);
  expect(await readdir(target)).toEqual(['sgid', 'suid']);
  expect((await lstat(join(target, 'suid'))).mode & 0o7777).toBe(0o755);
  expect((await lstat(join(target, 'sgid'))).mode & 0o7777).toBe(0o775);
});
