import { configSwitches } from '../config/options/switches.ts';
import { optionNames, rowOf } from '../config/options.ts';
import type { CommandOption } from './command.ts';

/** The rows of `lb config` for its help, from the one table of options. */
export function configOptions(): readonly CommandOption[] {
  return [...configSwitches, ...optionNames.map(rowOf).flatMap(toCommandOption)];
}

function toCommandOption(row: ReturnType<typeof rowOf>): readonly CommandOption[] {
  const { long, short, placeholder, group, help } = row;
  // A variable without an option is set in the environment only.
  if (long === undefined) return [];
  const names = { long, ...(short === undefined ? {} : { short }) };
  if (placeholder === undefined) return [{ ...names, argument: 'none', group, help }];
  return [{ ...names, placeholder, argument: 'required', group, help: help + describeDefault(row) }];
}

function describeDefault(row: ReturnType<typeof rowOf>): string {
  if ('derivedFrom' in row) return ` Default: ${row.derivedFrom}.`;
  const value = row.type.format(row.default);
  return value === '' ? '' : ` Default: ${value}.`;
}
