import { expect, test } from 'vitest';
import { formatCount, formatDuration, formatElapsed, formatRate, formatSize, plural } from './format.ts';
import { cleanText, fitLine, lineText, segment, truncate } from './segments.ts';

test.each([
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [440, '0.4 s'],
  [9949, '9.9 s'],
  [9960, '10 s'],
  [59_499, '59 s'],
  [59_600, '1 min 00 s'],
  [192_000, '3 min 12 s'],
  [3_599_400, '59 min 59 s'],
  [3_840_000, '1 h 04 min'],
])('%d ms is %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

test.each([
  [999, '0 s'],
  [9999, '9 s'],
  [10_000, '10 s'],
  [59_999, '59 s'],
])('a clock at %d ms shows %s', (durationMs, text) => expect(formatElapsed(durationMs)).toBe(text));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9940, '9.9 kB'],
  [9960, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [325_123_456, '325 MB'],
  [1_234_000_000, '1.2 GB'],
])('%d bytes are %s', (sizeBytes, text) => expect(formatSize(sizeBytes)).toBe(text));

test.each([
  [312e6, 650e6, 'bytes', '312 of 650 MB'],
  [5e3, 650e6, 'bytes', '0 of 650 MB'],
  [41e6, undefined, 'bytes', '41 MB'],
  [17, 235, 'packages', '17 of 235 packages'],
  [17, undefined, 'files', '17 files'],
  [48.7, undefined, 'percent', '48 %'],
] as const)('%d of %s %s', (done, total, unit, text) => expect(formatCount(done, total, unit)).toBe(text));

test.each([
  [41e6, 'bytes', '41 MB/s'],
  [3.24, 'packages', '3.2/s'],
  [120.4, 'files', '120/s'],
  [2, 'percent', ''],
  [0, 'bytes', ''],
] as const)('%d %s per second', (rate, unit, text) => expect(formatRate(rate, unit)).toBe(text));

test('plural', () =>
  expect([plural(1, 'step'), plural(2, 'step'), plural(0, 'step')]).toEqual(['1 step', '2 steps', '0 steps']));

test.each([
  ['a\u001b[31mb\u001b[0mc', 'abc'],
  ['\u001b]0;title\u0007x\u001b]8;;http://x\u001b\\y', 'xy'],
  ['50%\r100%\b\u009b', '50%100%'],
  ['a\tb', 'a    b'],
  ['Größe €', 'Größe €'],
])('control codes are taken out of %j', (text, expected) => expect(cleanText(text)).toBe(expected));

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['äöü€', 3, 'äö…'],
  ['😀😀😀', 2, '😀…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
])('%s on %d columns', (text, width, expected) => expect(truncate(text, width)).toBe(expected));

test.each([
  [6, 'abcdef'],
  [5, 'abcd…'],
  [3, 'ab…'],
  [2, 'a…'],
  [1, '…'],
])('a line of three parts on %d columns', (width, expected) => {
  const line = [segment('ab'), segment('c', 'dim'), segment('def', 'bold')];
  expect(lineText(fitLine(line, width))).toBe(expected);
});
