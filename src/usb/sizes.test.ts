import { expect, test } from 'vitest';
import { parseSize, sizeText } from './sizes.ts';

test.each([
  ['4G', 4 * 1024 ** 3],
  ['500M', 500 * 1024 ** 2],
  ['1.5GiB', 1.5 * 1024 ** 3],
  ['4GB', 4e9],
  ['2t', 2 * 1024 ** 4],
  ['1048576', 1048576],
])('%s is %d bytes', (text, bytes) => expect(parseSize(text, 'data')).toBe(bytes));

test.each(['', '0', '-4G', '4X', '4 G B', 'all', '1e9', '99999999T'])('"%s" is no size', (text) => {
  expect(() => parseSize(text, 'data')).toThrow(expect.objectContaining({ code: 'OPTION_VALUE' }));
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [301_072_384, '301 MB'],
  [999_950_000, '1.0 GB'],
  [31_914_983_424, '31.9 GB'],
])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
