import { expect, test } from 'vitest';
import type { LivewrightError } from '../errors.ts';
import { closePackages } from './closure.ts';
import { indexPackages, urlOf } from './packages.ts';

type Fields = Readonly<Record<string, string>>;

function packagesText(...stanzas: readonly Fields[]): string {
  return stanzas
    .map((fields) => {
      const all = {
        Version: '1.0',
        Architecture: 'amd64',
        Filename: `pool/${fields['Package']}.deb`,
        Size: '10',
        ...fields,
      };
      return Object.entries(all)
        .map(([name, value]) => `${name}: ${value}\n`)
        .join('');
    })
    .join('\n');
}

function indexOf(...stanzas: readonly Fields[]) {
  return indexPackages([{ uri: 'http://mirror.example/debian/', text: packagesText(...stanzas) }]);
}

test('a stanza is read with all that matters', () => {
  const index = indexOf({
    Package: 'libc6',
    Source: 'glibc (2.41-1)',
    Version: '2.41-12',
    'Installed-Size': '13226',
    'Multi-Arch': 'same',
    Essential: 'yes',
    Priority: 'optional',
    Section: 'libs',
    Depends: 'libgcc-s1',
    'Pre-Depends': 'a',
    Provides: 'libc6-x (= 1)',
    SHA256: 'a'.repeat(64),
  });
  expect(index.candidate('libc6')).toEqual({
    name: 'libc6',
    version: '2.41-12',
    architecture: 'amd64',
    filename: 'pool/libc6.deb',
    uri: 'http://mirror.example/debian',
    sizeBytes: 10,
    sha256: 'a'.repeat(64),
    priority: 'optional',
    section: 'libs',
    depends: 'libgcc-s1',
    preDepends: 'a',
    provides: 'libc6-x (= 1)',
    isEssential: true,
    source: 'glibc',
    multiArch: 'same',
    installedSizeKib: 13226,
  });
  expect(urlOf(index.candidate('libc6')!)).toBe('http://mirror.example/debian/pool/libc6.deb');
  expect(urlOf({ uri: 'file:///repo', filename: './a.deb' })).toBe('file:///repo/a.deb');
});

test('the highest version is the candidate, of equal ones that of the first source', () => {
  const stanza = (Version: string) => packagesText({ Package: 'a', Version });
  const index = indexPackages([
    { uri: 'http://one.example', text: stanza('1.0~rc1') },
    { uri: 'http://two.example', text: Buffer.from(stanza('1.0')) },
    { uri: 'http://three.example', text: stanza('1.0') },
  ]);
  expect(index.versions('a').map(({ version, uri }) => `${version} ${uri}`)).toEqual([
    '1.0 http://two.example',
    '1.0 http://three.example',
    '1.0~rc1 http://one.example',
  ]);
  expect(index.candidate('a')?.uri).toBe('http://two.example');
  expect(index.candidate('b')).toBeUndefined();
});

test('only candidates provide', () => {
  const index = indexOf(
    { Package: 'zed', Provides: 'editor, vi (= 2.0)' },
    { Package: 'nano', Provides: 'editor' },
    { Package: 'old', Version: '1', Provides: 'editor' },
    { Package: 'old', Version: '2' },
  );
  expect(index.providers('editor').map((provider) => provider.package.name)).toEqual(['nano', 'zed']);
  expect(index.providers('vi')).toMatchObject([{ version: '2.0' }]);
});

const names = (index: ReturnType<typeof indexOf>, wanted: readonly string[], exclude: readonly string[] = []) =>
  closePackages(index, wanted, { exclude: new Set(exclude) }).map(({ name }) => name);

test('the closure follows Depends and Pre-Depends, round in circles too, and is sorted', () => {
  const index = indexOf(
    { Package: 'top', Depends: 'mid (>= 1.0), base', Recommends: 'extra' },
    { Package: 'mid', 'Pre-Depends': 'base', Depends: 'top' },
    { Package: 'base' },
    { Package: 'extra' },
  );
  expect(names(index, ['top'])).toEqual(['base', 'mid', 'top']);
  expect(names(index, ['top'], ['mid'])).toEqual(['base', 'top']);
});

test.each<[string, string, readonly string[]]>([
  ['the first alternative', 'one | two', ['one', 'top']],
  ['the first that can be had', 'none | two', ['top', 'two']],
  ['the first of the right version', 'one (>= 2) | two', ['top', 'two']],
  ['a provider', 'virtual', ['provider', 'top']],
  ['a provider of the right version', 'virtual (= 3)', ['top', 'versioned']],
  ['what is chosen already', 'one | base', ['base', 'top']],
  ['what is meant for this architecture', 'two [arm64] | one', ['one', 'top']],
  ['a multi-arch qualifier', 'two:any', ['top', 'two']],
])('of alternatives it takes %s: %s', (_, depends, expected) => {
  const index = indexOf(
    { Package: 'top', Depends: depends },
    { Package: 'one' },
    { Package: 'two' },
    { Package: 'base' },
    { Package: 'provider', Provides: 'virtual' },
    { Package: 'versioned', Provides: 'virtual (= 3)' },
  );
  const wanted = expected.includes('base') ? ['base', 'top'] : ['top'];
  expect(names(index, wanted)).toEqual(expected);
});

test('an unknown name is refused with the nearest one', () => {
  const index = indexOf({ Package: 'firefox-esr' }, { Package: 'squashfs-tools' });
  const failure = (name: string) => {
    try {
      names(index, [name]);
    } catch (error) {
      return error as LivewrightError;
    }
    throw new Error('it was found');
  };
  expect(failure('squashfs-tool').code).toBe('PACKAGE_NOT_FOUND');
  expect(failure('squashfs-tool').hint).toBe('Did you mean "squashfs-tools"?');
  expect(failure('zzz').hint).toContain('Check its name');
});

test('what nobody fulfils is refused with the chain', () => {
  const index = indexOf(
    { Package: 'a', Depends: 'b' },
    { Package: 'b', Depends: 'c' },
    { Package: 'c', Depends: 'd (>= 2) | e' },
    { Package: 'd' },
  );
  expect(() => names(index, ['a'])).toThrow('a -> b -> c needs "d (>= 2) | e", which the archive does not have.');
});
