import { expect, test } from 'vitest';
import { objectTo } from './judge.ts';
import type { GuestFacts } from './verdict.ts';

const live: GuestFacts = { rootType: 'overlay', isRootOnSquashfs: true, secureBoot: 'enabled' };

test.each<[string, GuestFacts | undefined, boolean]>([
  ['a live system', live, false],
  ['a system that nobody could ask', undefined, false],
  ['a system that gave no answers', {}, false],
  ['an installed system', { ...live, rootType: 'ext4' }, true],
  ['an overlay on something else', { ...live, isRootOnSquashfs: false }, true],
  ['a live system on ext4', { ...live, isRootOnSquashfs: false, rootImageType: 'ext4' }, false],
  ['a live system on the RAM disk itself', { ...live, isRootOnSquashfs: false, rootImageType: 'rootfs' }, true],
  ['a disk that is the system', { ...live, rootType: 'ext4', commandLine: 'root=UUID=1 rw quiet' }, false],
  ['a live system that came up on a disk', { ...live, rootType: 'ext4', commandLine: 'boot=live quiet' }, true],
  ['Secure Boot switched off', { ...live, secureBoot: 'disabled' }, true],
])('%s under Secure Boot: %s', (_, facts, isObjected) => {
  expect(objectTo(facts, 'uefi-secure') !== undefined).toBe(isObjected);
});

test('without Secure Boot firmware its absence is no fault', () => {
  expect(objectTo({ ...live, secureBoot: 'no-uefi' }, 'bios')).toBeUndefined();
});
