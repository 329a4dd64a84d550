import { expect, test } from 'vitest';
import { rootOverlays, rootPlace, tarExcludes } from './rootTree.ts';

const root = { layers: ['/store/a', '/store/b'], excludes: '', solid: [], blocks: 1, inodes: 1 };

test('a system file by file lies at the top of the medium, or in a directory that live-boot mounts', () => {
  expect(rootPlace({ initramfs: 'none', rootFilesystem: 'none' })).toBe('');
  expect(rootPlace({ initramfs: 'live-boot', rootFilesystem: 'plain' })).toBe('live/filesystem.dir');
  expect(rootPlace({ initramfs: 'live-boot' })).toBeUndefined();
  expect(rootPlace({ initramfs: 'live-boot', rootFilesystem: 'ext4' })).toBeUndefined();
});

test('at the top, the medium’s own files win', () => {
  expect(rootOverlays('/medium', { ...root, place: '' })).toEqual([
    { lower: ['/store/a', '/store/b', '/medium'], target: '/target' },
  ]);
  expect(rootOverlays('/medium', { ...root, place: 'live/filesystem.dir' })).toEqual([
    { lower: ['/medium'], target: '/target' },
    { lower: ['/store/a', '/store/b'], target: '/target/live/filesystem.dir' },
  ]);
});

test('excludes are of the system and never of the medium', () => {
  expect(tarExcludes('# comment\nboot/*\n/etc/x\n', 'live/filesystem.dir')).toBe(
    './live/filesystem.dir/boot/*\n./live/filesystem.dir/etc/x\n',
  );
});
