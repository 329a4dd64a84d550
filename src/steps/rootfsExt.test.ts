import { expect, test } from 'vitest';
import { tarExcludes } from '../media/rootTree.ts';
import type { MergedEntry } from '../rootfs/merge.ts';
import { extRootArgv, extRootSize } from './rootfsExt.ts';

const entry = (path: string, type: MergedEntry['type'], sizeBytes = 0, content = ''): MergedEntry => ({
  ...{ path, type, sizeBytes, content, mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 1, layer: 0 },
});

test.each([
  ['', ''],
  ['boot/*\n\n# comment\n/var/cache/x\n', './boot/*\n./var/cache/x\n'],
  ['./a b', './a b\n'],
])('excludes %j', (text, expected) => {
  expect(tarExcludes(text)).toBe(expected);
});

test('a file with two names counts once, and a journal is extra', () => {
  const [mib, one] = [1 << 20, [entry('a', 'f', 64 << 20)]];
  const bytes = (type: 'ext2' | 'ext4', entries: readonly MergedEntry[]) => extRootSize(type, entries).blocks * 4096;
  expect(bytes('ext2', one)).toBeGreaterThan(64 * mib);
  expect(bytes('ext2', [...one, entry('b', 'f', 64 << 20, '=a')])).toBeLessThan(80 * mib);
  expect(bytes('ext4', one) - bytes('ext2', one)).toBeGreaterThanOrEqual(4 * mib);
  expect(extRootSize('ext2', one).inodes).toBeGreaterThan(1);
});

test('ids are given, and an archive is read', () => {
  const argv = extRootArgv('ext4', { blocks: 5, inodes: 6, uuid: 'u' });
  expect(argv).toEqual(expect.arrayContaining(['-U', 'u', '-N', '6', '-d', '-', '-J']));
  expect(argv.at(-1)).toBe('5');
  expect(extRootArgv('ext2', { blocks: 5, inodes: 6, uuid: 'u' })).not.toContain('-J');
});
