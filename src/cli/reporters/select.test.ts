import { expect, test } from 'vitest';
import { selectKind, wantsColor } from './select.ts';

const wishes = { json: false, quiet: false, verbose: false, color: undefined };

test.each([
  ['a terminal', {}, true, { TERM: 'xterm' }, 'tty'],
  ['a pipe', {}, false, { TERM: 'xterm' }, 'plain'],
  ['a terminal without cursor control', {}, true, { TERM: 'dumb' }, 'plain'],
  ['CI with a terminal', {}, true, { CI: 'true' }, 'plain'],
  ['CI set to nothing', {}, true, { CI: '' }, 'tty'],
  ['--quiet', { quiet: true }, true, {}, 'plain'],
  ['--json', { json: true }, true, {}, 'json'],
  ['--json --quiet', { json: true, quiet: true }, false, { CI: '1' }, 'json'],
])('%s', (_, wish, isTTY, env, kind) => {
  const output = { write: () => {}, isTTY };
  expect(selectKind({ ...wishes, ...wish }, { stdout: output, stderr: output, env })).toBe(kind);
});

test.each([
  [undefined, {}, true],
  [undefined, { NO_COLOR: '1' }, false],
  [undefined, { NO_COLOR: '' }, true],
  [true, { NO_COLOR: '1' }, true],
  [false, {}, false],
])('--color %s with %j', (color, env, expected) => {
  const output = { write: () => {} };
  expect(wantsColor({ ...wishes, color }, { stdout: output, stderr: output, env })).toBe(expected);
});
