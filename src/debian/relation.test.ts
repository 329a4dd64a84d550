import { expect, test } from 'vitest';
import { appliesTo, formatRelation, isSatisfiedBy, parseRelations } from './relation.ts';

test('alternatives, versions, qualifiers, architectures and profiles', () => {
  const text = 'libc6 (>= 2.36), perl:any | perl-base:amd64 (<<6), gcc [amd64 !i386] <!nocheck> <stage1 cross>';
  expect(parseRelations(text)).toEqual([
    [{ name: 'libc6', version: { operator: '>=', version: '2.36' } }],
    [
      { name: 'perl', qualifier: 'any' },
      { name: 'perl-base', qualifier: 'amd64', version: { operator: '<<', version: '6' } },
    ],
    [{ name: 'gcc', architectures: ['amd64', '!i386'], profiles: [['!nocheck'], ['stage1', 'cross']] }],
  ]);
});

test.each([
  ['a (>= 1.0)', 'a (>= 1.0)'],
  ['a(=1:2-3)|b', 'a (= 1:2-3) | b'],
  ['a (< 1)', 'a (<= 1)'],
  ['a (> 1)', 'a (>= 1)'],
  ['g++ [!hurd-i386] <!x>', 'g++ [!hurd-i386] <!x>'],
])('%s is written %s', (text, expected) => {
  expect(parseRelations(text).map(formatRelation)).toEqual([expected]);
});

test('empty values and stray commas are no relation', () => {
  expect(parseRelations('')).toEqual([]);
  expect(parseRelations('\n a,\n b,\n')).toHaveLength(2);
});

test.each(['a (1.0)', 'a (>= )', '(>= 1)', 'a b', 'a |', '$x'])('refuses %j', (text) => {
  expect(() => parseRelations(text)).toThrow('is not a package relation');
});

test.each([
  ['a', 'amd64', true],
  ['a [amd64 arm64]', 'amd64', true],
  ['a [arm64]', 'amd64', false],
  ['a [!arm64]', 'amd64', true],
  ['a [!amd64 !i386]', 'amd64', false],
])('%s on %s: %s', (text, architecture, expected) => {
  expect(appliesTo(parseRelations(text)[0]![0]!, architecture)).toBe(expected);
});

test('versions are compared as dpkg does', () => {
  const [relation] = parseRelations('a (>= 1.0~)');
  expect(isSatisfiedBy(relation![0]!, '1.0~rc1')).toBe(true);
  expect(isSatisfiedBy(relation![0]!, '0.9')).toBe(false);
});
