import { expect, test } from 'vitest';
import type { Digest } from '../store/types.ts';
import { archiveFileName, type LockSlice, sliceOf } from './lock.ts';

// aptSimulation.test.ts compares with the real apt.
test.each([
  ['vim', '2:9.1.1230-2', 'amd64', 'vim_2%3a9.1.1230-2_amd64.deb'],
  ['libc6', '2.41-12', 'i386', 'libc6_2.41-12_i386.deb'],
  ['g++', '4:14.2.0-1', 'all', 'g++_4%3a14.2.0-1_all.deb'],
  ['a', '1~rc1+b1', 'all', 'a_1~rc1+b1_all.deb'],
])('%s %s %s', (name, version, architecture, file) => {
  expect(archiveFileName({ name, version, architecture })).toBe(file);
});

test('a slice by its name', () => {
  const index = { blob: '0'.repeat(64) as Digest, sizeBytes: 0 };
  const slice: LockSlice = { name: 'live', packages: [], removed: [], index };
  expect(sliceOf({ essential: [], slices: [{ ...slice, name: 'install' }, slice] }, 'live')).toBe(slice);
  expect(() => sliceOf({ essential: [], slices: [] }, 'live')).toThrow('no slice "live"');
});
