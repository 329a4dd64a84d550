// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts for sh.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseShellVariables, quoteShell } from './shellvars.ts';

const names = ['A', 'LB_B', '_C'];

/** What sh makes of a file: the values of `names`, or undefined where it fails. */
function oracle(text: string): string[] | undefined {
  const show = names.map((name) => `printf '%s\\0' "$${name}"`).join('; ');
  // eval in a subshell with -f: as `. file`, without a file.
  const result = spawnSync('/bin/sh', ['-c', `eval "$1" || exit 9; ${show}`, 'sh', text], {
    encoding: 'utf8',
    env: { PATH: '', HOST: 'from outside' },
  });
  return result.status === 0 && result.stderr === '' ? result.stdout.split('\0').slice(0, -1) : undefined;
}

function ours(text: string): string[] | undefined {
  const lookup = (name: string) => ({ HOST: 'from outside' })[name];
  const { assignments, problems } = parseShellVariables({ path: 'config/x', text, lookup });
  if (problems.length > 0) return undefined;
  return names.map((name) => assignments.findLast((assignment) => assignment.name === name)?.value ?? '');
}

test.each([
  ['A="x"'],
  ['A=1 LB_B="$A" _C=$LB_B$A'],
  ['A=x'],
  ['A='],
  ['A=""'],
  ["A='a b'"],
  ['# c\n\n  A="x" # trailing\nLB_B=y#z'],
  ['export A="x" LB_B=y\n_C=1;A=2'],
  ['export A'],
  ['A="a \\"b\\" \\$c \\\\ \\` \\x"'],
  ['A=\'a\'"b"c\\ d'],
  ['A="one \\\n  two"\nLB_B=x\\\ny'],
  ['A="line 1\nline 2"'],
  ['A=x\nLB_B="${A}y$A-$HOST"'],
  ['A="${UNSET:-fall back}" LB_B="${UNSET-x}"\n_C="${A:-no}"'],
  ['A="cost 5$"'],
  ['A="$ x"'],
  ['A=a:b=c'],
  ['A="ü€"'],
  ['A=1\nA=2\n'],
  ['A="x'],
  ["A='x"],
  ['A=x )'],
  ['A=1; ; LB_B=2'],
  ['A=(x)'],
])('sh agrees on %j', (text) => expect(ours(text)).toEqual(oracle(text)));

test('sh reads back every value that was quoted', () => {
  const value = fc.string({ unit: fc.constantFrom('"', '$', '`', '\\', "'", '\n', ' ', '!', '#', 'a', 'ü', '{', '(') });
  fc.assert(
    fc.property(value, (text) => {
      const file = `A=${quoteShell(text)}\n`;
      expect(ours(file)?.[0]).toBe(text);
      expect(oracle(file)?.[0]).toBe(text);
    }),
    { numRuns: 150 },
  );
});

test('any file: where we read values, sh reads the same', () => {
  const piece = fc.constantFrom(
    'A=',
    'LB_B=',
    '"',
    "'",
    '\\',
    '\n',
    ' ',
    '$A',
    '${A}',
    '$',
    ';',
    '#',
    'x',
    'y z',
    '\t',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const read = ours(pieces.join(''));
      // We may refuse more than sh does (that is the point), and never read something else.
      if (read !== undefined) expect(read).toEqual(oracle(pieces.join('')));
    }),
    { numRuns: 200 },
  );
});

test.each(['A="x $(date +%F)"', 'A="$( date)"', 'A="`date`"'])('who wants the date is told how: %s', (text) => {
  const { problems } = parseShellVariables({ path: 'config/binary', text });
  expect(problems[0]).toMatchObject({ code: 'CONFIG_SYNTAX', hint: expect.stringContaining('@ISOVOLUME_TS@') });
});

test.each([
  ['A=1\nB=$(id)\n', 2, 'Expected a plain value, found a command in "$(".'],
  ['A="`id`"', 1, 'Expected a plain value, found a command in "`".'],
  ['\nif true; then', 2, 'Expected NAME="value", found "if true; then".'],
  ['A=1\n\nA="x\n\n', 3, 'The quote " that begins here is never closed.'],
  ['A=x|y', 1, 'Expected a value in quotes, found "|".'],
  ['A=~/x', 1, 'Expected a value in quotes, found "~".'],
  ['A=$1', 1, 'Found "$1".'],
  ['A=${B%x}', 1, 'Expected ${NAME} or ${NAME:-value}.'],
  ['A=x\r\nB=y', 1, 'The line ends with a carriage return.'],
  ['A="x"\r\n', 1, 'The line ends with a carriage return.'],
])('%j is refused at line %i', (text, line, message) => {
  const { problems } = parseShellVariables({ path: 'config/common', text });
  expect(problems[0]).toMatchObject({ code: 'CONFIG_SYNTAX', message, place: { path: 'config/common', line } });
});

test('nothing is executed, and reading goes on after a problem', () => {
  const { assignments, problems } = parseShellVariables({ path: 'x', text: 'A=$(touch /tmp/x)\nB=2\nrm -rf /\nC=3\n' });
  expect(problems.map((problem) => problem.place?.line)).toEqual([1, 3]);
  expect(assignments.map(({ name, value, line }) => [name, value, line])).toEqual([
    ['B', '2', 2],
    ['C', '3', 4],
  ]);
});

test('an assignment knows the comment directly above it', () => {
  const { assignments } = parseShellVariables({ path: 'x', text: '#  one\nA=1\n# two\n\nB=2\nC=3\n' });
  expect(assignments.map(({ comment }) => comment)).toEqual(['one', undefined, undefined]);
});
