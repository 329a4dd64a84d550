import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listArchiveHosts, listHosts, listProjectFiles, projectRoot } from './files.ts';

const files = listProjectFiles();
const read = (path: string) => readFileSync(join(projectRoot, path), 'latin1');

/** `needle` as a host name of its own, not as the end of a longer one. */
function namesHost(text: string, needle: string): boolean {
  const at = text.toLowerCase().indexOf(needle.toLowerCase());
  if (at === -1) return false;
  const isWhole = !/[\w.-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + needle.length] ?? ' ');
  return isWhole || namesHost(text.slice(at + needle.length), needle);
}

test('no file names the mirror or the registry of this machine', () => {
  const hosts = listArchiveHosts();
  const named = files.flatMap((path) => {
    const text = read(path);
    return hosts.some((host) => namesHost(text, host)) ? [path] : [];
  });
  expect(named).toEqual([]);
});

test('no TypeScript file is longer than 400 lines', () => {
  const sources = files.filter((path) => /\.tsx?$/.test(path));
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.filter((path) => read(path).split('\n').length > 401)).toEqual([]);
});

test('hosts are read from apt sources of both formats', () => {
  const text =
    'deb [signed-by=/k.gpg] http://mirror.example/debian x main\n# deb http://old.example/\nURIs: https://b.example:8080/d';
  expect(listHosts(text)).toEqual(['mirror.example', 'b.example']);
});

test.each([
  ['see http://mirror.example/debian', true],
  ['mirror.example.', true],
  ['MIRROR.EXAMPLE', true],
  ['http://a.mirror.example/', false],
  ['mirror.examples, then mirror.example', true],
])('%s: named is %s', (text, expected) => {
  expect(namesHost(text, 'mirror.example')).toBe(expected);
});
