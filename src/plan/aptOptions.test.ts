import { expect, test } from 'vitest';
import { choosingOptions } from './aptOptions.ts';

test.each([
  ['', []],
  ['--yes -o Acquire::Retries=5', ['--yes', '-o', 'Acquire::Retries=5']],
  ['-y -qq --quiet=2 -q', ['-y']],
  ['--no-install-recommends  -t trixie-backports', ['--no-install-recommends', '-t', 'trixie-backports']],
  [`-o "Dpkg::Options::=--force-confnew" -o 'A::B=c d'`, ['-o', 'Dpkg::Options::=--force-confnew', '-o', 'A::B=c d']],
])('%j', (text, words) => {
  expect(choosingOptions(text)).toEqual(words);
});
