import { expect, test } from 'vitest';
import { sortStanzas } from './poolIndices.ts';
import { poolPath } from './poolPlaces.ts';

const item = { name: 'vim', version: '2:9.1', architecture: 'amd64', source: 'vim', section: 'editors' };

test.each([
  [item, 'pool/main/v/vim/vim_2%3a9.1_amd64.deb'],
  [{ ...item, name: 'libc6', source: 'glibc' }, 'pool/main/g/glibc/libc6_2%3a9.1_amd64.deb'],
  [{ ...item, name: 'liba1', source: 'liba' }, 'pool/main/liba/liba/liba1_2%3a9.1_amd64.deb'],
  [{ ...item, source: 'lib' }, 'pool/main/l/lib/vim_2%3a9.1_amd64.deb'],
  [{ ...item, section: 'contrib/net' }, 'pool/contrib/v/vim/vim_2%3a9.1_amd64.deb'],
  [{ ...item, section: 'non-free-firmware/kernel' }, 'pool/non-free/v/vim/vim_2%3a9.1_amd64.deb'],
])('%j', (wanted, path) => {
  expect(poolPath(wanted)).toBe(path);
});

test('stanzas stand in the order of their names', () => {
  expect(sortStanzas('Package: b\nX: 1\n\nPackage: a\n\n')).toBe('Package: a\n\nPackage: b\nX: 1\n\n');
  expect(sortStanzas('')).toBe('');
});
