import { LivewrightError } from '../errors.ts';
import type { Command, CommandOption } from './command.ts';
import type { GlobalFlags } from './context.ts';
import { parseArguments } from './getopt.ts';
import { globalRows, readGlobalFlags } from './globalFlags.ts';

export interface SplitCommandLine {
  /** Global flags from before the command's name, as typed. */
  readonly globals: readonly string[];
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** Splits at the first word that is no flag: no global flag takes a value, so this is the command's name. */
export function splitCommandLine(argv: readonly string[]): SplitCommandLine {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  if (at < 0) return { globals: argv, name: undefined, rest: [] };
  return { globals: argv.slice(0, at), name: argv[at], rest: argv.slice(at + 1) };
}

/** Long names of the global flags in `argv`, abbreviations completed. Throws OPTION_UNKNOWN. */
export function parseGlobals(argv: readonly string[]): readonly string[] {
  return parseArguments(argv, globalRows).options.map(({ row }) => row.long ?? '');
}

export interface ParsedCommand {
  readonly options: Readonly<Record<string, string | true>>;
  readonly positionals: readonly string[];
  readonly flags: GlobalFlags;
  readonly asks: 'help' | 'version' | undefined;
}

/** Reads a command's words by its own rows and the global ones; where both have a name, the command's own counts. */
export function parseCommand(argv: readonly string[], rows: readonly CommandOption[]): ParsedCommand {
  const own = new Set(rows.flatMap(({ long, short }) => [long, short]));
  const shared = globalRows.filter(({ long, short }) => !own.has(long) && (short === undefined || !own.has(short)));
  const { options, positionals } = parseArguments(argv, [...rows, ...shared]);
  const names = options.map(({ row }) => row.long ?? row.short ?? '');
  const values = options.map(({ row, value }) => [row.long ?? row.short ?? '', value ?? true] as const);
  return { options: Object.fromEntries(values), positionals, flags: readGlobalFlags(names), asks: asksFor(names) };
}

/** For a command that reads its words by itself: of the global flags, those that are spelt out. */
export function leaveUnparsed(argv: readonly string[]): ParsedCommand {
  const names = globalRows.flatMap(({ long = '' }) => (argv.includes(`--${long}`) ? [long] : []));
  return { options: {}, positionals: [], flags: readGlobalFlags(names), asks: asksFor(names) };
}

function asksFor(names: readonly string[]): ParsedCommand['asks'] {
  if (names.includes('help') || names.includes('usage')) return 'help';
  return names.includes('version') ? 'version' : undefined;
}

function countOperands(operands: string | undefined): number {
  if (operands === undefined) return 0;
  return operands.includes('...') ? Number.POSITIVE_INFINITY : operands.split(' ').length;
}

/** Throws USAGE for what `command` cannot take; returns the words that are dropped, as live-build drops them silently. */
export function findStrayWords(command: Command, positionals: readonly string[]): readonly string[] {
  const taken = countOperands(command.operands);
  const isNeeded = command.operands !== undefined && !command.operands.startsWith('[');
  if (isNeeded && positionals.length === 0) {
    throw new LivewrightError('USAGE', {
      message: `"lb ${command.name}" needs ${command.operands}.`,
      hint: `For example: ${command.examples[0]?.command}`,
    });
  }
  return positionals.slice(taken);
}
