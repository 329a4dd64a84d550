import { expect, test } from 'vitest';
import { countDifferentPixels, isBlank, parsePpm } from './ppm.ts';
import { decodeTextScreen, isTextMode } from './screens.ts';

function ppm(width: number, height: number, fill: (index: number) => number): Uint8Array {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => fill(index));
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);
}

test('a picture is read as QEMU writes it', () => {
  const picture = parsePpm(ppm(3, 2, (index) => index));
  expect(picture).toMatchObject({ width: 3, height: 2 });
  expect([...picture!.pixels.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
});

test.each([
  ['a half-written picture', ppm(3, 2, () => 7).subarray(0, 20)],
  ['nothing', new Uint8Array()],
  ['another format', Buffer.from('P5\n1 1\n255\nx')],
])('%s is no picture', (_, bytes) => expect(parsePpm(bytes)).toBeUndefined());

test('differences are counted in pixels, not in bytes', () => {
  const black = parsePpm(ppm(10, 10, () => 0))!;
  const dotted = parsePpm(ppm(10, 10, (index) => (index < 6 ? 255 : 0)))!;
  expect(countDifferentPixels(black, black)).toBe(0);
  expect(countDifferentPixels(black, dotted)).toBe(2);
});

test('a change of resolution is a difference in every way', () => {
  const text = parsePpm(ppm(72, 40, () => 0))!;
  const graphics = parsePpm(ppm(64, 48, () => 0))!;
  expect(countDifferentPixels(text, graphics)).toBe(Number.POSITIVE_INFINITY);
});

test('a screen of one grey is blank, a screen with a dot is not', () => {
  expect(isBlank(parsePpm(ppm(4, 4, () => 9))!)).toBe(true);
  expect(isBlank(parsePpm(ppm(4, 4, (index) => (index === 20 ? 1 : 0)))!)).toBe(false);
});

test.each([
  [720, 400, true],
  [640, 400, true],
  [640, 480, false],
  [800, 600, false],
  [1280, 800, false],
])('%i x %i is text: %s', (width, height, isText) => {
  expect(isTextMode({ width, height, pixels: new Uint8Array() })).toBe(isText);
});

test('a text screen is read from its cells', () => {
  const cells = new Uint8Array(80 * 25 * 2).fill(0x07);
  for (let at = 0; at < cells.length; at += 2) cells[at] = 0x20;
  for (const [index, letter] of [...'boot: '].entries()) cells[(2 * 80 + index) * 2] = letter.charCodeAt(0);
  cells[0] = 0xc9;
  const lines = decodeTextScreen(cells);
  expect(lines).toHaveLength(25);
  expect([lines[0], lines[1], lines[2]]).toEqual(['#', '', 'boot:']);
});
