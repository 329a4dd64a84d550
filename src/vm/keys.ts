/** One key press: QEMU key codes held together (`QKeyCode` of QMP), in order. */
export type Chord = readonly string[];

const plain: Readonly<Record<string, string>> = {
  ' ': 'spc',
  '-': 'minus',
  '=': 'equal',
  '[': 'bracket_left',
  ']': 'bracket_right',
  ';': 'semicolon',
  "'": 'apostrophe',
  '`': 'grave_accent',
  '\\': 'backslash',
  ',': 'comma',
  '.': 'dot',
  '/': 'slash',
  '\n': 'ret',
  '\t': 'tab',
};

/** What a US keyboard gives with shift: character -> key without shift. */
const shifted: Readonly<Record<string, string>> = {
  '!': '1',
  '@': '2',
  '#': '3',
  $: '4',
  '%': '5',
  '^': '6',
  '&': '7',
  '*': '8',
  '(': '9',
  ')': '0',
  _: '-',
  '+': '=',
  '{': '[',
  '}': ']',
  ':': ';',
  '"': "'",
  '~': '`',
  '|': '\\',
  '<': ',',
  '>': '.',
  '?': '/',
};

/** The chords that type `text` on a US keyboard. A character such a keyboard lacks is the caller's mistake. */
export function chordsFor(text: string): Chord[] {
  return [...text].map(chordFor);
}

function chordFor(character: string): Chord {
  if (/^[a-z0-9]$/.test(character)) return [character];
  if (/^[A-Z]$/.test(character)) return ['shift', character.toLowerCase()];
  const key = plain[character];
  if (key !== undefined) return [key];
  const base = shifted[character];
  if (base === undefined) throw new Error(`no key of a US keyboard types ${JSON.stringify(character)}`);
  return ['shift', plain[base] ?? base];
}
