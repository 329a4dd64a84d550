import { expect, test } from 'vitest';
import { chordsFor } from './keys.ts';

test.each([
  ['a', [['a']]],
  ['A', [['shift', 'a']]],
  ['=', [['equal']]],
  ['_', [['shift', 'minus']]],
  [':', [['shift', 'semicolon']]],
  ['|', [['shift', 'backslash']]],
  ['?', [['shift', 'slash']]],
  ['"', [['shift', 'apostrophe']]],
  ['\n', [['ret']]],
  ['tty0,', [['t'], ['t'], ['y'], ['0'], ['comma']]],
])('%j is typed as %j', (text, chords) => expect(chordsFor(text)).toEqual(chords));

test('every printable character of ASCII has a key of its own', () => {
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join('');
  const chords = chordsFor(ascii).map((chord) => chord.join('+'));
  expect(new Set(chords).size).toBe(95);
});

test('a character that a US keyboard lacks is refused', () => {
  expect(() => chordsFor('ä')).toThrow(/US keyboard/);
});
