import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { type OptionSyntax, parseArguments } from './getopt.ts';

const table: readonly OptionSyntax[] = [
  { long: 'architecture', short: 'a', argument: 'required' },
  { long: 'archive-areas', argument: 'required' },
  { long: 'apt', argument: 'required' },
  { long: 'apt-recommends', argument: 'required' },
  { long: 'binary-image', short: 'b', argument: 'required' },
  { long: 'cache', argument: 'required' },
  { long: 'cache-stages', argument: 'required' },
  { long: 'debug', argument: 'none' },
  { long: 'help', short: 'h', argument: 'none' },
  { long: 'persistence', argument: 'optional' },
  { long: 'verbose', short: 'v', argument: 'none' },
  { long: 'version', argument: 'none' },
];

/** What util-linux getopt(1) makes of it: words with long names written out, or undefined where it complains. */
function oracle(argv: readonly string[]): string[] | undefined {
  const marks = { none: '', required: ':', optional: '::' };
  const long = table.map((row) => row.long + marks[row.argument]).join(',');
  const result = spawnSync('getopt', ['--longoptions', long, '--options', 'a:b:hv', '--', ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  if (result.status !== 0) return undefined;
  return spawnSync('sh', ['-c', `for word in ${result.stdout.trim()}; do printf '%s\\0' "$word"; done`], {
    encoding: 'utf8',
  })
    .stdout.split('\0')
    .slice(0, -1);
}

function ours(argv: readonly string[]): string[] | undefined {
  try {
    const { options, positionals } = parseArguments(argv, table);
    // getopt(1) writes an optional argument that is not there as an empty word.
    const words = options.flatMap(({ row, spelling, value = row.argument === 'optional' ? '' : undefined }) =>
      value === undefined ? [spelling] : [spelling, value],
    );
    return [...words, '--', ...positionals];
  } catch (error) {
    if (error instanceof LivewrightError) return undefined;
    throw error;
  }
}

const cases: readonly (readonly string[])[] = [
  [],
  ['--architecture', 'amd64'],
  ['--architecture=amd64'],
  ['--architecture='],
  ['--architecture', ''],
  ['--archit', 'arm64'],
  ['--arch', 'arm64'],
  ['--archi', 'x'],
  ['--apt', 'apt-get'],
  ['--cache', 'false', '--cache-s', 'chroot'],
  ['-bhdd'],
  ['-b', 'hdd'],
  ['-hvbhdd'],
  ['-hvb', '--debug'],
  ['-b'],
  ['--cache'],
  ['--debug=yes'],
  ['--bootappend', 'x'],
  ['-x'],
  ['-hx'],
  ['noauto', '--debug', 'stray', '-a', 'i386', '--', '--help'],
  ['-', '--', '-'],
  ['--', '--architecture'],
  ['--ver'],
  ['--vers'],
  ['--architecture', '--debug'],
  ['--architecture=a=b'],
  ['-a=amd64'],
  ['--=x'],
  ['--persistence'],
  ['--persistence=4G'],
  ['--persistence='],
  ['--pers', '4G'],
  ['--persistence', '--debug'],
];

test.each(cases.map((argv) => [argv]))('getopt(1) agrees on %j', (argv) => expect(ours(argv)).toEqual(oracle(argv)));

test('getopt(1) agrees on any words', () => {
  const word = fc.oneof(
    fc.constantFrom('--', '-', '-h', '-a', '-bv', '--debug', '--arch', '--apt=x', '--apt-r', '--cache=', 'stray', ''),
    fc.stringMatching(/^-{0,2}[ahbvcde=-]{0,4}$/),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (argv) => {
      expect(ours(argv)).toEqual(oracle(argv));
    }),
    { numRuns: 60 },
  );
});

function failure(argv: readonly string[]): LivewrightError {
  try {
    parseArguments(argv, [...table, { long: 'image', aliases: ['images'], argument: 'required' }]);
  } catch (error) {
    if (error instanceof LivewrightError) return error;
  }
  throw new Error('it was accepted');
}

test.each([
  [['--apt-recomends', 'true'], 'OPTION_UNKNOWN', 'Did you mean "--apt-recommends"?'],
  [['--zzz'], 'OPTION_UNKNOWN', 'See --help for the options there are.'],
  [['-q'], 'OPTION_UNKNOWN', 'See --help for the options there are.'],
  [['--apt-'], 'OPTION_VALUE', 'Give one after it, for example --apt-recommends "VALUE".'],
  [['--ver'], 'OPTION_AMBIGUOUS', 'Write more of its name.'],
  [['--debug=1'], 'OPTION_VALUE', 'Write "--debug" alone.'],
] as const)('%j is %s', (argv, code, hint) => expect(failure(argv)).toMatchObject({ code, hint, exitCode: 2 }));

test('an ambiguity names the candidates', () => {
  expect(failure(['--arch']).message).toBe('Option "--arch" could be --architecture or --archive-areas.');
});

test('aliases of one option are not ambiguous', () => {
  const { options } = parseArguments(['--imag', 'x'], [{ long: 'image', aliases: ['images'], argument: 'required' }]);
  expect(options).toMatchObject([{ spelling: '--image', value: 'x' }]);
});
