import { LivewrightError } from '../errors.ts';
import { nearest } from './nearest.ts';
import type { OptionRow } from './options/row.ts';
import { splitList } from './options/valueTypes.ts';
import { rowOf } from './options.ts';
import type { ConfigWarning, Origin, Setting } from './settings.ts';

export type CheckedSetting =
  | { readonly value: unknown; readonly warning?: ConfigWarning }
  | { readonly problem: LivewrightError };

/** Turns the text of a setting, which is not empty, into its option's value. */
export function checkSetting({ name, text, origin }: Setting): CheckedSetting {
  const row = rowOf(name);
  const replaced = replaceOldWords(row, text);
  const value = row.type.parse(replaced ?? text);
  if (value === undefined) return { problem: valueProblem({ name, origin, wants: row.type.expected, text }) };
  if (replaced === undefined) return { value };
  const message = `${spellOrigin(origin, row.variable)} "${text}" is an old way to say "${replaced}".`;
  return { value, warning: { message, hint: `Write "${replaced}".`, ...placeOf(origin) } };
}

/** The text in today's words, or undefined if it is in them already. */
function replaceOldWords({ type, replacedValues }: OptionRow, text: string): string | undefined {
  const old: Readonly<Record<string, string | undefined>> = { ...type.oldWords, ...replacedValues };
  if (old[text] !== undefined || !type.isList) return old[text];
  const words = splitList(text);
  return words.some((word) => old[word] !== undefined) ? words.map((word) => old[word] ?? word).join(' ') : undefined;
}

export interface BadValue {
  readonly name: Setting['name'];
  readonly origin: Origin;
  /** What would be right, to follow "wants". */
  readonly wants: string;
  readonly text: string;
}

export function valueProblem({ name, origin, wants, text }: BadValue): LivewrightError {
  const row = rowOf(name);
  const meant = nearest(text, row.type.choices ?? []);
  return new LivewrightError(origin.kind === 'command line' ? 'OPTION_VALUE' : 'CONFIG_VALUE', {
    message: `${spellOrigin(origin, row.variable)} wants ${wants}, not "${text}".`,
    hint: meant === undefined ? `Give ${wants}.` : `Did you mean "${meant}"?`,
    ...placeOf(origin),
    data: { option: row.long ?? row.variable, value: text, origin },
  });
}

/** How the user knows the setting: by the option or by the variable that was written. */
export function spellOrigin(origin: Origin, variable: string): string {
  if (origin.kind === 'command line') return `Option "${origin.spelling}"`;
  if (origin.kind === 'environment') return `The environment variable ${origin.variable}`;
  return origin.kind === 'default' ? variable : origin.variable;
}

export function placeOf(origin: Origin): { place?: { path: string; line?: number } } {
  return 'place' in origin ? { place: origin.place } : {};
}
