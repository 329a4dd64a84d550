import { expect, test } from 'vitest';
import { SourceLists } from '../debian/sources.ts';
import { findSources } from './sourceLock.ts';

const sum = (digit: string): string => digit.repeat(64);

/** Two paragraphs as of Debian: with epoch, with fields of several lines. */
const lists = new SourceLists();
lists.add(
  `Package: glibc
Binary: libc6, libc-bin
Version: 2.41-12
Files:
 0123456789abcdef0123456789abcdef 10 glibc_2.41-12.dsc
Checksums-Sha256:
 ${sum('a')} 10 glibc_2.41-12.dsc
 ${sum('b')} 20 glibc_2.41.orig.tar.xz
 ${sum('c')} 30 ../outside
Directory: pool/main/g/glibc

Package: acl
Version: 1:2.3+x-2
Checksums-Sha256:
 ${sum('d')} 5 acl_2.3+x-2.dsc
Directory: pool/main/a/acl
`,
  'http://mirror.example/debian/',
);
lists.add(`Package: acl\nVersion: 1:2.3+x-2\nDirectory: elsewhere\n`, 'http://other.example/');

test('each binary package leads to the version of the source that it was built from', () => {
  const binaries = [
    'Package: libc6\nSource: glibc (2.41-12)\nVersion: 2.41-12+b1\n',
    'Package: libc-bin\nSource: glibc\nVersion: 2.41-12\n',
    'Package: acl\nVersion: 1:2.3+x-2\n',
    'Package: own\nVersion: 1\n',
    'Package: libc-old\nSource: glibc\nVersion: 2.40-1\n',
  ];
  const { packages, missing } = findSources(binaries, lists);
  expect(missing).toEqual(['libc-old 2.40-1', 'own 1']);
  expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['acl 1:2.3+x-2', 'glibc 2.41-12']);
});

test('a source package is its files, in its directory, by SHA-256; no name leads out of it', () => {
  expect(lists.find('glibc', '2.41-12')?.files).toEqual([
    {
      ...{ name: 'glibc_2.41-12.dsc', sha256: sum('a'), sizeBytes: 10 },
      url: 'http://mirror.example/debian/pool/main/g/glibc/glibc_2.41-12.dsc',
    },
    {
      ...{ name: 'glibc_2.41.orig.tar.xz', sha256: sum('b'), sizeBytes: 20 },
      url: 'http://mirror.example/debian/pool/main/g/glibc/glibc_2.41.orig.tar.xz',
    },
  ]);
  expect(lists.find('acl', '1:2.3+x-2')?.files[0]?.url).toBe(
    'http://mirror.example/debian/pool/main/a/acl/acl_2.3%2Bx-2.dsc',
  );
});
