import { expect, test } from 'vitest';
import { readArchiveSources } from './archiveSources.ts';

const readList = (text: string) =>
  readArchiveSources({ path: 'config/archives/a.list.chroot', text, architecture: 'amd64' });
const readStanzas = (text: string) =>
  readArchiveSources({ path: 'config/archives/a.sources', text, architecture: 'amd64' });
const plain = { signedBy: [], isTrusted: false, place: { path: 'config/archives/a.list.chroot', line: 1 } };
const archive = { uri: 'https://a.example/debian', suite: 'trixie', components: ['main'] };

test.each([
  ['deb https://a.example/debian trixie main', {}],
  ['  deb\thttps://a.example/debian   trixie main # all of it', {}],
  ['deb https://a.example/debian trixie main contrib', { components: ['main', 'contrib'] }],
  ['deb http://a.example ./', { uri: 'http://a.example', suite: './', components: [] }],
  ['deb http://a.example stable/$(ARCH)/', { uri: 'http://a.example', suite: 'stable/amd64/', components: [] }],
  ['deb [arch=amd64,i386] https://a.example/debian trixie main', { architectures: ['amd64', 'i386'] }],
  ['deb [ trusted=yes ] https://a.example/debian trixie main', { isTrusted: true }],
  ['deb [allow-insecure=yes] https://a.example/debian trixie main', { isTrusted: true }],
  ['deb [check-valid-until=no] https://a.example/debian trixie main', { checkValidUntil: false }],
  [
    'deb [signed-by=/usr/share/keyrings/a.gpg,/etc/apt/keyrings/b.asc lang=en] https://a.example/debian trixie main',
    { signedBy: ['/usr/share/keyrings/a.gpg', '/etc/apt/keyrings/b.asc'] },
  ],
  ['deb file:/srv/archive trixie main', { uri: 'file:/srv/archive' }],
])('%s', (line, expected) => {
  expect(readList(line)).toEqual([{ ...archive, ...plain, ...expected }]);
});

test('comments, blank lines and sources of source packages are no archives', () => {
  expect(readList('# x\n\ndeb-src https://a.example/debian trixie main\n')).toEqual([]);
});

test.each([
  ['deb', 'CONFIG_SYNTAX', 'Expected "deb [OPTION=VALUE...] URI'],
  ['dep https://a.example/debian trixie main', 'CONFIG_SYNTAX', 'found "dep https'],
  ['deb [trusted] https://a.example/debian trixie main', 'CONFIG_SYNTAX', 'found "[trusted]"'],
  ['deb https://a.example/debian trixie', 'CONFIG_SYNTAX', 'no component such as main'],
  ['deb https://a.example/debian trixie/ main', 'CONFIG_SYNTAX', 'ends in a slash'],
  ['deb cdrom:[x]/ trixie main', 'NOT_SUPPORTED', 'only http, https and file'],
])('%s is refused with its line', (line, code, message) => {
  expect(() => readList(`# x\n${line}\n`)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message), place: { ...plain.place, line: 2 } }),
  );
});

const stanza = 'Types: deb deb-src\nURIs: https://a.example/debian\nSuites: trixie trixie-updates\nComponents: main\n';

test('a stanza is as many archives as it has addresses and suites', () => {
  const text = `# of the vendor\n${stanza}Architectures: amd64\nSigned-By: /usr/share/keyrings/a.gpg\n`;
  const expected = {
    ...archive,
    ...{ architectures: ['amd64'], signedBy: ['/usr/share/keyrings/a.gpg'], isTrusted: false },
    place: { path: 'config/archives/a.sources', line: 2 },
  };
  expect(readStanzas(text)).toEqual([expected, { ...expected, suite: 'trixie-updates' }]);
});

test('a key in the stanza', () => {
  const text = `${stanza}Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n -----END PGP PUBLIC KEY BLOCK-----\n`;
  expect(readStanzas(text)[0]?.signedBy).toEqual([
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----',
  ]);
});

test('a stanza that is switched off, or of source packages', () => {
  expect(readStanzas(`Enabled: no\n${stanza}\n${stanza.replace('deb ', '')}`)).toEqual([]);
});

test.each([
  ['Types: deb\nSuites: trixie\nComponents: main\n', 'no field URIs'],
  ['Types: deb\nURIs\n', 'expected "Name: value"'],
])('%j is refused', (text, message) => {
  expect(() => readStanzas(text)).toThrow(
    expect.objectContaining({ code: 'CONFIG_SYNTAX', message: expect.stringContaining(message) }),
  );
});
