import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LoaderCache, loadsAlike, readLoaderCache } from './loaderCache.ts';

/** A root with some of this machine's libraries, and what ldconfig(8) makes of it. */
async function makeRoot() {
  const root = await mkdtemp(join(tmpdir(), 'lw-loader-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const libraries = new Map(
    [...execFileSync('ldconfig', ['-p'], { encoding: 'utf8' }).matchAll(/^\t(\S+) .* => (\S+)$/gm)].map(
      ([, name, path]) => [name!, path!] as const,
    ),
  );
  const add = (name: string, directory: string): void => {
    mkdirSync(join(root, directory), { recursive: true });
    copyFileSync(libraries.get(name)!, join(root, directory, name));
  };
  const make = (...places: string[]): LoaderCache => {
    mkdirSync(join(root, 'etc'), { recursive: true });
    execFileSync('ldconfig', ['-r', root, '-f', '/none', ...places], { stdio: 'pipe' });
    return readLoaderCache(readFileSync(join(root, 'etc/ld.so.cache')))!;
  };
  return { root, add, make };
}

const usual = '/usr/lib/x86_64-linux-gnu';

test('the cache of this machine has what ldconfig -p says of it', () => {
  const said = execFileSync('ldconfig', ['-p'], { encoding: 'utf8' });
  const lines = [...said.matchAll(/^\t(\S+) .* => (\S+)$/gm)].map(([, name, path]) => `${name} ${path}`);
  const cache = readLoaderCache(readFileSync('/etc/ld.so.cache'))!;
  const read = [...cache].flatMap(([name, libraries]) => libraries.map((one) => `${name} ${one.replace(/^\S+ /, '')}`));
  expect(read.toSorted()).toEqual(lines.toSorted());
});

test('a new library where the loader looks anyway changes nothing for programs that did without it', async () => {
  const { add, make } = await makeRoot();
  add('libz.so.1', usual);
  const before = make(usual);
  add('liblzma.so.5', usual);
  const after = make(usual);
  expect([...after.keys()]).toEqual(expect.arrayContaining(['libz.so.1', 'liblzma.so.5']));
  expect(loadsAlike(before, after)).toBe(true);
  expect(loadsAlike(after, before)).toBe(false);
});

test('a new library elsewhere, and another of a known name, may be loaded now', async () => {
  const { add, make } = await makeRoot();
  add('libz.so.1', usual);
  const before = make(usual, '/opt/lib');
  add('liblzma.so.5', '/opt/lib');
  expect(loadsAlike(before, make(usual, '/opt/lib'))).toBe(false);
  const other = await makeRoot();
  other.add('libz.so.1', usual);
  other.add('libz.so.1', '/usr/local/lib');
  expect(loadsAlike(before, other.make('/usr/local/lib', usual))).toBe(false);
});

test.each([
  ['an empty file', Buffer.alloc(0)],
  ['an older form', Buffer.from('ld.so-1.7.0'.padEnd(100, '\0'))],
  ['one that was cut off', readFileSync('/etc/ld.so.cache').subarray(0, 60)],
])('%s is not read', (_, bytes) => {
  expect(readLoaderCache(bytes)).toBeUndefined();
});
