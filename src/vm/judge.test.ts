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
  ['Secure Boot switched off', { ...live, secureBoot: 'disabled' }, true],
])('%s under Secure Boot: %s', (_, facts, isObjected) => {
  expect(objectTo(facts, 'uefi-secure') !== undefined).toBe(isObjected);
});

test('without Secure Boot firmware its absence is no fault', () => {
  expect(objectTo({ ...live, secureBoot: 'no-uefi' }, 'bios')).toBeUndefined();
});
