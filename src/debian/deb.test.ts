import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listArMembers } from './ar.ts';
import { arOf, debOf, tarOf } from './archives.testing.ts';
import { unpackDeb } from './deb.ts';
import { formatManifest } from './manifest.ts';
import { createTreeWriter } from './treeWriter.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-deb-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A package built by dpkg-deb, with the things that are easily lost. */
function buildPackage(compression: string): string {
  const root = join(directory, 'package');
  const at = (path: string) => join(root, path);
  for (const path of ['DEBIAN', 'bin', 'usr/share/doc/p', 'usr/lib/deep']) mkdirSync(at(path), { recursive: true });
  writeFileSync(
    at('DEBIAN/control'),
    'Package: p\nVersion: 1\nArchitecture: all\nMaintainer: x <x@y>\nDescription: d\n',
  );
  writeFileSync(at('bin/tool'), '#!/bin/sh\n'.repeat(30_000));
  chmodSync(at('bin/tool'), 0o4755);
  linkSync(at('bin/tool'), at('bin/twin'));
  symlinkSync('../usr/lib/deep', at('bin/link'));
  writeFileSync(at('usr/lib/deep/data'), Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) >> 7)));
  chmodSync(at('usr/lib/deep/data'), 0o600);
  writeFileSync(at('usr/share/doc/p/copyright'), 'c');
  const path = join(directory, 'p.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '-b', root, path], { stdio: 'pipe' });
  return path;
}

test.each(['xz', 'gzip', 'none'])(
  'unpacks what dpkg-deb packs with %s, through the links of merged /usr',
  async (compression) => {
    const deb = buildPackage(compression);
    const target = join(directory, 'target');
    mkdirSync(target);
    const writer = createTreeWriter(target);
    writer.directory('usr/bin', 0o755);
    writer.symlink('bin', 'usr/bin');
    await unpackDeb(deb, writer, { exclude: (path) => path.startsWith('usr/share/doc') });
    writer.finish();

    const read = (path: string) => readFileSync(join(target, path));
    const original = (path: string) => readFileSync(join(directory, 'package', path));
    expect(await readlink(join(target, 'bin'))).toBe('usr/bin');
    expect(read('usr/bin/tool').equals(original('bin/tool'))).toBe(true);
    expect(read('usr/lib/deep/data').equals(original('usr/lib/deep/data'))).toBe(true);
    expect(statSync(join(target, 'usr/bin/tool'))).toMatchObject({ mode: 0o100755, nlink: 2 });
    expect(statSync(join(target, 'usr/lib/deep/data')).mode).toBe(0o100600);
    expect(statSync(join(target, 'usr/bin/tool')).mtimeMs).toBe(
      Math.floor(statSync(join(directory, 'package/bin/tool')).mtimeMs / 1000) * 1000,
    );
    expect(await readlink(join(target, 'usr/bin/link'))).toBe('../usr/lib/deep');
    expect([...writer.records.keys()].sort()).toEqual([
      'bin',
      'usr',
      'usr/bin',
      'usr/bin/link',
      'usr/bin/tool',
      'usr/bin/twin',
      'usr/lib',
      'usr/lib/deep',
      'usr/lib/deep/data',
      'usr/share',
    ]);
  },
);

test('the manifest has every path once, in byte order, with the facts of the file that is there', async () => {
  const path = join(directory, 'p.deb');
  await writeFile(
    path,
    debOf(
      tarOf([
        { path: 'b', body: 'first' },
        { path: 'b', body: '' },
        { path: 'a-x' },
        { path: 'a/y', mode: 0o4755 },
        { path: 'l', flag: '2', linkTarget: 'tab\there' },
      ]),
    ),
  );
  const target = join(directory, 'target');
  mkdirSync(target);
  const writer = createTreeWriter(target);
  await unpackDeb(path, writer);
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(formatManifest(writer.records)).toBe(
    [
      '["a","d","755",0,0,0,0,""]',
      `["a-x","f","644",0,0,0,0,"${empty}"]`,
      `["a/y","f","755",0,0,0,0,"${empty}"]`,
      `["b","f","644",0,0,0,0,"${empty}"]`,
      '["l","l","777",0,0,0,8,"tab\\there"]',
      '',
    ].join('\n'),
  );
});

test.each<[string, () => Buffer, RegExp]>([
  ['no ar', () => Buffer.from('<html>'), /at byte 0, it does not start with "!<arch>"/],
  [
    'a broken header',
    () => Buffer.concat([arOf([['debian-binary', '2.0\n']]), Buffer.from('x'.repeat(60))]),
    /at byte 72, there is no member/,
  ],
  ['a member too long', () => debOf(tarOf([])).subarray(0, 1000), /ends behind the end/],
  ['no data', () => arOf([['debian-binary', '2.0\n']]), /"data.tar" is missing/],
  ['an unknown compression', () => debOf(tarOf([]), 'data.tar.lzma'), /unknown compression/],
  ['damaged xz', () => debOf(Buffer.from('not xz at all'), 'data.tar.xz'), /damaged xz data/],
  ['damaged gz', () => debOf(Buffer.from('not gz at all'), 'data.tar.gz'), /damaged gz data/],
])('refuses %s', async (_, bytes, message) => {
  const path = join(directory, 'bad.deb');
  await writeFile(path, bytes());
  await expect(unpackDeb(path, createTreeWriter(directory))).rejects.toThrow(message);
});

test('a package cut short is refused, and the next one can still be read', async () => {
  const deb = buildPackage('xz');
  const file = await open(deb);
  const members = await listArMembers(file, deb);
  await file.close();
  const data = members.at(-1)!;
  const packed = readFileSync(deb).subarray(data.offset, data.offset + data.sizeBytes);
  const short = join(directory, 'short.deb');
  mkdirSync(join(directory, 'target'));
  for (const length of [10, packed.length >> 1, packed.length - 20]) {
    await writeFile(short, debOf(packed.subarray(0, length), 'data.tar.xz'));
    await expect(unpackDeb(short, createTreeWriter(join(directory, 'target')))).rejects.toThrow('damaged xz data');
  }
  await unpackDeb(deb, createTreeWriter(join(directory, 'target')));
});
