import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { fieldOf, Stanzas } from './stanzas.ts';

const make = (...texts: string[]): Stanzas => {
  const stanzas = new Stanzas();
  for (const text of texts) stanzas.add(text, 'X-Base: http://mirror.example/\n');
  return stanzas;
};

test.each([
  ['with an end', 'Package: a\nVersion: 1\nArchitecture: all\n\nPackage: b\nVersion: 2\nArchitecture: all\n\n'],
  ['without an empty line at the end', 'Package: a\nVersion: 1\nArchitecture: all\n\nPackage: b\nVersion: 2\n'],
  ['without an end of line', 'Package: a\nVersion: 1\nArchitecture: all\n\nPackage: b\nVersion: 2'],
  ['with more empty lines', '\n\nPackage: a\nVersion: 1\nArchitecture: all\n\n\n\nPackage: b\nVersion: 2\n\n\n'],
  ['with another field first', 'Version: 1\nArchitecture: all\nPackage: a\n\nVersion: 2\nPackage: b\n'],
])('a file %s', (_, text) => {
  const stanzas = make(text);
  expect([...stanzas.names]).toEqual(['a', 'b']);
  expect([...stanzas.all()].map((stanza) => fieldOf(stanza, 'Version'))).toEqual(['1', '2']);
  expect([...stanzas.all()].map((stanza) => fieldOf(stanza, 'X-Base'))).toEqual(
    Array(2).fill('http://mirror.example/'),
  );
  expect(fieldOf(stanzas.find('a', '1', 'all') ?? '', 'Package')).toBe('a');
  expect(stanzas.find('a', '1', 'amd64')).toBeUndefined();
  expect(stanzas.find('c', '1', 'all')).toBeUndefined();
});

test('nothing', () => {
  expect([...make('', '\n').names]).toEqual([]);
});

test.each([
  ['A', '1'],
  ['AB', '2'],
  ['B', ''],
  ['Empty', ''],
  ['Tight', 'x'],
  ['Folded', 'first'],
  ['Last', 'end'],
])('field %s is "%s"', (name, value) => {
  expect(fieldOf('A: 1\nAB: 2\nEmpty:\nTight:x\nFolded: first\n B: no\nLast: end', name)).toBe(value);
});

test('the first index that has a version counts', () => {
  const stanzas = make(
    'Package: a\nVersion: 1\nArchitecture: all\nFrom: 1\n',
    'Package: a\nVersion: 1\nArchitecture: all\nFrom: 2\n',
  );
  expect(fieldOf(stanzas.find('a', '1', 'all') ?? '', 'From')).toBe('1');
});

test.each([
  ['first', true],
  ['second', true],
  ['last-one', true],
  ['with+plus', true],
  ['foreign', true],
  ['irst', false],
  ['las', false],
  ['1', false],
  ['f.rst', false],
  ['(', false],
  ['needed', false],
])('is %s provided? %s', (name, expected) => {
  const text = 'Package: a\nDepends: needed\nProvides: first, second (= 1),with+plus, foreign:any, last-one\n';
  expect(make(text).provides(name)).toBe(expected);
});

test('reads this machine’s own packages as dpkg does', async () => {
  const directory = await tempDirectory();
  for (const name of ['info', 'updates']) await mkdir(join(directory, name));
  const status = join(directory, 'status');
  await copyFile('/var/lib/dpkg/status', status);
  const stanzas = make(await readFile(status, 'utf8'));
  const format = `\${Package} \${Version} \${Architecture} \${Status}\n`;
  const told = execFileSync('dpkg-query', [`--admindir=${directory}`, '--show', `--showformat=${format}`], {
    encoding: 'utf8',
  });
  const read = [...stanzas.all()].map((stanza) =>
    ['Package', 'Version', 'Architecture', 'Status'].map((name) => fieldOf(stanza, name)).join(' '),
  );
  expect(read.toSorted()).toEqual(told.split('\n').filter(Boolean).toSorted());
});
