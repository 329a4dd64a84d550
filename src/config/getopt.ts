import { LivewrightError } from '../errors.ts';
import { nearest } from './nearest.ts';

/** The part of an option that the parser needs. Names are without their dashes. */
export interface OptionSyntax {
  readonly long?: string;
  readonly short?: string;
  /** Other long names of the same option. */
  readonly aliases?: readonly string[];
  /** `optional`: only as `--name=value`, as getopt_long(3) has it; the next word is never taken for it. */
  readonly argument: 'none' | 'required' | 'optional';
  /** Its long name may not be abbreviated. */
  readonly wholeName?: true;
}

export interface ParsedOption<Row extends OptionSyntax> {
  readonly row: Row;
  /** The long or short name that the word stood for, with dashes: `--architecture`, `-a`. */
  readonly spelling: string;
  /** The argument; absent for options that take none, or were given without. */
  readonly value?: string;
}

export interface ParsedArguments<Row extends OptionSyntax> {
  /** In the order given; a repeated option appears each time. */
  readonly options: readonly ParsedOption<Row>[];
  readonly positionals: readonly string[];
}

/**
 * Splits a command line by the rules of GNU getopt_long(3): unambiguous abbreviations of long names, `--name=value`
 * and `--name value`, bundled short options (`-hb iso`, `-biso`), options and other words in any order, `--` ends the options.
 * Throws OPTION_UNKNOWN, OPTION_AMBIGUOUS or OPTION_VALUE.
 */
export function parseArguments<Row extends OptionSyntax>(
  argv: readonly string[],
  table: readonly Row[],
): ParsedArguments<Row> {
  const options: ParsedOption<Row>[] = [];
  const positionals: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') return { options, positionals: [...positionals, ...rest] };
    if (word.startsWith('--')) options.push(takeLong(word, rest, table));
    else if (word.startsWith('-') && word !== '-') options.push(...takeShorts(word, rest, table));
    else positionals.push(word);
  }
  return { options, positionals };
}

function takeLong<Row extends OptionSyntax>(word: string, rest: string[], table: readonly Row[]): ParsedOption<Row> {
  const equals = word.indexOf('=');
  const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const { row, name } = findLong(typed, table);
  const spelling = `--${name}`;
  if (row.argument === 'required') {
    return { row, spelling, value: equals < 0 ? takeArgument(spelling, rest) : word.slice(equals + 1) };
  }
  if (row.argument === 'optional')
    return equals < 0 ? { row, spelling } : { row, spelling, value: word.slice(equals + 1) };
  if (equals >= 0) {
    throw new LivewrightError('OPTION_VALUE', {
      message: `Option "${spelling}" takes no value, but was given "${word.slice(equals + 1)}".`,
      hint: `Write "${spelling}" alone.`,
      data: { option: spelling },
    });
  }
  return { row, spelling };
}

function longNames(row: OptionSyntax): readonly string[] {
  return [...(row.long === undefined ? [] : [row.long]), ...(row.aliases ?? [])];
}

function findLong<Row extends OptionSyntax>(typed: string, table: readonly Row[]): { row: Row; name: string } {
  const matches: { row: Row; name: string }[] = [];
  for (const row of table) {
    const names = longNames(row);
    if (names.includes(typed)) return { row, name: typed };
    // Two names of one option are no ambiguity: what is meant is clear.
    const name = row.wholeName ? undefined : names.find((candidate) => candidate.startsWith(typed));
    if (name !== undefined) matches.push({ row, name });
  }
  if (matches.length === 1) return matches[0]!;
  throw matches.length === 0 ? unknownOption(`--${typed}`, table) : ambiguousOption(typed, matches);
}

function takeShorts<Row extends OptionSyntax>(
  word: string,
  rest: string[],
  table: readonly Row[],
): ParsedOption<Row>[] {
  const taken: ParsedOption<Row>[] = [];
  const letters = [...word.slice(1)];
  for (let letter = letters.shift(); letter !== undefined; letter = letters.shift()) {
    const row = table.find((candidate) => candidate.short === letter);
    const spelling = `-${letter}`;
    if (row === undefined) throw unknownOption(spelling, table);
    if (row.argument === 'required') {
      const value = letters.length > 0 ? letters.join('') : takeArgument(spelling, rest);
      return [...taken, { row, spelling, value }];
    }
    taken.push({ row, spelling });
  }
  return taken;
}

/** The next word, whatever it looks like: getopt_long takes even one that begins with a dash. */
function takeArgument(spelling: string, rest: string[]): string {
  const value = rest.shift();
  if (value !== undefined) return value;
  throw new LivewrightError('OPTION_VALUE', {
    message: `Option "${spelling}" wants a value, and there is none.`,
    hint: `Give one after it, for example ${spelling} "VALUE".`,
    data: { option: spelling },
  });
}

function unknownOption(spelling: string, table: readonly OptionSyntax[]): LivewrightError {
  const names = table.flatMap(longNames);
  const meant = spelling.startsWith('--') ? nearest(spelling.slice(2), names) : undefined;
  return new LivewrightError('OPTION_UNKNOWN', {
    message: `There is no option "${spelling}".`,
    hint: meant === undefined ? 'See --help for the options there are.' : `Did you mean "--${meant}"?`,
    data: { option: spelling, ...(meant === undefined ? {} : { nearest: `--${meant}` }) },
  });
}

function ambiguousOption(typed: string, matches: readonly { name: string }[]): LivewrightError {
  const candidates = matches.map(({ name }) => `--${name}`);
  return new LivewrightError('OPTION_AMBIGUOUS', {
    message: `Option "--${typed}" could be ${candidates.slice(0, -1).join(', ')} or ${candidates.at(-1)}.`,
    hint: 'Write more of its name.',
    data: { option: `--${typed}`, candidates },
  });
}
