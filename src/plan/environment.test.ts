import { expect, test } from 'vitest';
import { parseEnvironment } from './environment.ts';

test.each<[string, Readonly<Record<string, string>>]>([
  ['', {}],
  ['A=1\nB=2\n', { A: '1', B: '2' }],
  ['A=1 B=2\tC=3', { A: '1', B: '2', C: '3' }],
  ['# A=1\n  # B=2\nC=#3', { C: '#3' }],
  ['A=1\nA=2', { A: '2' }],
  ['A=', { A: '' }],
  ['  A=1  ', { A: '1' }],
  ['A=$HOME/`x`\\;&', { A: '$HOME/`x`\\;&' }],
  ['URL=http://mirror.example/?a=1&b=2', { URL: 'http://mirror.example/?a=1&b=2' }],
  ['A="two words" B=\'and "three" more\'', { A: 'two words', B: 'and "three" more' }],
  ['A=pre"in side"post', { A: 'prein sidepost' }],
  ['A=""', { A: '' }],
  ["A=it's", { A: "it's" }],
  ['_a1=x', { _a1: 'x' }],
])('%j', (text, variables) => {
  expect(parseEnvironment(text, 'config/environment')).toEqual(variables);
});

test.each([
  ['A=1\nexport B=2', 'export', 2],
  ['A=two words', 'words', 1],
  ['1A=x', '1A=x', 1],
  ['A-B=x', 'A-B=x', 1],
  ['=x', '=x', 1],
])('%j is refused', (text, word, line) => {
  expect(() => parseEnvironment(text, 'config/environment.chroot')).toThrow(
    expect.objectContaining({
      ...{ code: 'CONFIG_SYNTAX', message: `Expected NAME=value, found "${word}".` },
      place: { path: 'config/environment.chroot', line },
    }),
  );
});
