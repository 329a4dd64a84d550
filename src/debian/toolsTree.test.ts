import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openStore } from '../store/local.ts';
import { makeTestKey, type TestArchive, type TestKey, testArchive } from './archive.testing.ts';
import { debOf, type TarMember, tarOf } from './archives.testing.ts';
import { createDownloader } from './http.ts';
import { toolsArchitectures, toolsSpec, toolsTreeNames } from './toolsSpec.ts';
import { buildToolsTree, type ResolveToolsOptions, resolveToolsTree, unpackToolsTree } from './toolsTree.ts';

let key: TestKey;
let directory: string;
let archive: TestArchive;

beforeAll(async () => {
  key = await makeTestKey();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-tools-'));
  archive = testArchive(join(directory, 'archive'), key);
  await archive.publish([
    packageOf(
      'tool',
      [
        { path: 'bin/tool', mode: 0o4755, body: 'v1' },
        { path: 'usr/share/doc/tool/README', body: 'x' },
      ],
      'lib',
    ),
    packageOf('lib', [
      { path: 'lib64/ld.so', body: 'ld' },
      { path: 'usr/share/locale/de/x', body: 'x' },
    ]),
    packageOf('mawk', [{ path: 'usr/bin/mawk', mode: 0o755, body: 'awk' }]),
    packageOf('certs', [
      { path: 'usr/share/ca-certificates/mozilla/b.crt', body: 'B\n' },
      { path: 'usr/share/ca-certificates/mozilla/a.crt', body: 'A\n' },
    ]),
    packageOf('other', [{ path: 'other', body: 'x' }]),
  ]);
});

afterEach(() => rm(directory, { recursive: true }));

function packageOf(name: string, members: readonly TarMember[], depends = '') {
  return { fields: { Package: name, ...(depends && { Depends: depends }) }, deb: debOf(tarOf(members)) };
}

async function options(storeName = 'store'): Promise<ResolveToolsOptions> {
  return {
    store: await openStore(join(directory, storeName)),
    downloader: createDownloader({ env: {} }),
    keys: key.keyring,
    source: { uri: archive.uri, suite: 'trixie', components: ['main'], architectures: ['amd64'] },
    spec: { names: ['tool', 'mawk', 'certs'], exclude: new Set<string>() },
    checkValidUntil: true,
  };
}

test('the lock names the closure with versions, hashes and addresses', async () => {
  const lock = await resolveToolsTree(await options());
  expect(lock.map(({ name }) => name)).toEqual(['certs', 'lib', 'mawk', 'tool']);
  expect(lock[3]).toEqual({
    name: 'tool',
    version: '1.0',
    architecture: 'amd64',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    sizeBytes: expect.any(Number),
    url: `${archive.uri}/pool/tool.deb`,
  });
});

test('the tree has the files below merged /usr, what scripts would make, and no documentation', async () => {
  const context = await options();
  const tree = await context.store.treePath(await buildToolsTree({ ...context, architecture: 'amd64' }));
  const read = (path: string) => readFile(join(tree, path), 'utf8');
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) expect(await readlink(join(tree, name))).toBe(`usr/${name}`);
  expect(await read('usr/bin/tool')).toBe('v1');
  expect((await lstat(join(tree, 'usr/bin/tool'))).mode & 0o7777).toBe(0o755);
  expect(await read('usr/lib64/ld.so')).toBe('ld');
  expect(await readlink(join(tree, 'usr/bin/awk'))).toBe('mawk');
  expect(await read('etc/ssl/certs/ca-certificates.crt')).toBe('A\nB\n');
  expect(await read('etc/passwd')).toMatch(/^root:x:0:0:/);
  for (const path of ['usr/share/doc', 'usr/share/locale', 'usr/bin/which', 'other']) {
    await expect(lstat(join(tree, path))).rejects.toThrow('ENOENT');
  }
  for (const path of ['proc', 'sys', 'dev', 'tmp', 'run', 'in', 'out', 'root', 'var/tmp', 'target']) {
    expect((await lstat(join(tree, path))).isDirectory()).toBe(true);
  }
  expect((await lstat(join(tree, 'tmp'))).mode & 0o7777).toBe(0o1777);
});

test('the same lock gives the same tree in another store, and packages are fetched once', async () => {
  const first = await options();
  const lock = await resolveToolsTree(first);
  const ref = await unpackToolsTree(lock, 'amd64', first);
  const second = await options('second');
  expect(await unpackToolsTree(lock, 'amd64', second)).toEqual(ref);
  const manifest = await second.store.readManifest(ref);
  expect(manifest).toContain('["bin","l","777",0,0,0,7,"usr/bin"]\n');
  expect(manifest).toMatch(/^\["usr\/bin\/tool","f","755",0,0,0,2,"[0-9a-f]{64}"\]$/m);

  await rm(join(archive.directory, 'pool'), { recursive: true });
  const seen: string[] = [];
  const onProgress = (phase: string, done: number, total: number) => seen.push(`${phase} ${done}/${total}`);
  expect(await unpackToolsTree(lock, 'amd64', { ...first, onProgress })).toEqual(ref);
  expect(seen).toContain('unpack 4/4');
});

test('a package that cannot be had ends the whole and leaves no staging', async () => {
  const context = await options();
  const lock = await resolveToolsTree(context);
  await rm(join(archive.directory, 'pool', 'tool.deb'));
  await expect(unpackToolsTree(lock, 'amd64', context)).rejects.toMatchObject({ code: 'MIRROR_NOT_FOUND' });
  const stopped = { ...context, signal: AbortSignal.abort() };
  await expect(unpackToolsTree(lock, 'amd64', stopped)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  const left = await readdir(join(directory, 'store', 'tmp'), { recursive: true });
  expect(left.filter((path) => path.includes('deb') || path.includes('tree'))).toEqual([]);
});

test('every tree is known for every architecture, others are refused', () => {
  for (const tree of toolsTreeNames) {
    for (const architecture of toolsArchitectures) {
      const { names, exclude } = toolsSpec(tree, architecture);
      expect(new Set(names).size).toBe(names.length);
      expect(names.filter((name) => exclude.has(name))).toEqual([]);
    }
  }
  expect(() => toolsSpec('build', 'm68k')).toThrow('no tools for the architecture "m68k"');
});
