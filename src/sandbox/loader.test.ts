import { expect, test } from 'vitest';
import { loaderArgv } from './loader.ts';

test('the loader runs a program with the libraries of its tree', () => {
  expect(loaderArgv('/t', 'usr/bin/unshare', 'amd64')).toEqual([
    '/t/usr/lib64/ld-linux-x86-64.so.2',
    '--library-path',
    '/t/usr/lib/x86_64-linux-gnu',
    '/t/usr/bin/unshare',
  ]);
  expect(loaderArgv('/t', '/usr/bin/x', 'arm64')[0]).toBe('/t/usr/lib/ld-linux-aarch64.so.1');
});

test('a machine without a known loader is a mistake of the program', () => {
  expect(() => loaderArgv('/t', 'usr/bin/x', 'm68k')).toThrow('no loader known for m68k');
});

test.each(['/a:b', '/a;b'])('a path that the loader would take for two is refused: %s', (tree) => {
  expect(() => loaderArgv(tree, 'usr/bin/x', 'amd64')).toThrow('has a colon or semicolon');
});
