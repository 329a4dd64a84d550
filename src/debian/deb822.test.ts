import { expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { parseParagraph, parseParagraphs } from './deb822.ts';

const sample = `# a comment
Package: first
Depends: a,
 b
Description: one line
 more
 .
 last

 \t
PACKAGE: second
# inside
X-Empty:
Note:   spaced   
`;

test('fields are found whatever their case, with the lines they stand on', () => {
  const [first, second, ...others] = [...parseParagraphs(sample)];
  expect(others).toEqual([]);
  expect(first?.line).toBe(2);
  expect(first?.fields.get('depends')).toBe('a,\nb');
  expect(first?.fields.get('description')).toBe('one line\nmore\n.\nlast');
  expect(first?.lineOf('Description')).toBe(5);
  expect(second?.line).toBe(11);
  expect([...(second?.fields ?? [])]).toEqual([
    ['package', 'second'],
    ['x-empty', ''],
    ['note', 'spaced'],
  ]);
  expect(second?.lineOf('Note')).toBe(14);
});

test('bytes and text give the same paragraphs, also across blocks', () => {
  const text = Array.from({ length: 5000 }, (_, i) => `Package: p${i}\nMaintainer: Zoë ${i}\nSize: ${i}\n`).join('\n');
  const view = (source: string | Uint8Array) =>
    [...parseParagraphs(source)].map((paragraph) => [paragraph.line, [...paragraph.fields]]);
  const fromBytes = view(Buffer.from(text));
  expect(fromBytes).toHaveLength(5000);
  expect(fromBytes).toEqual(view(text));
});

test('only the wanted fields are kept', () => {
  const paragraph = parseParagraph(sample, { only: new Set(['package']) });
  expect([...paragraph.fields.keys()]).toEqual(['package']);
});

test.each([
  ['no colon here\n', 1, 'expected "Name: value", found "no colon here"'],
  ['A: 1\n: value\n', 2, 'expected "Name: value"'],
  [' starts: indented\n', 1, 'expected "Name: value"'],
  ['A: 1\nB: 2\na: 3\n', 3, 'the field "a" stands there twice'],
])('refuses %j, naming the line', (text, line, message) => {
  const read = () => [...parseParagraphs(text, { path: 'Release' })];
  expect(read).toThrow(LivewrightError);
  expect(read).toThrow(message);
  try {
    read();
  } catch (error) {
    expect((error as LivewrightError).place).toEqual({ path: 'Release', line });
  }
});

test('an empty file has no paragraph', () => {
  expect([...parseParagraphs('\n\n')]).toEqual([]);
  expect(() => parseParagraph('')).toThrow('not a single field');
});
