import { LivewrightError, type Place } from '../errors.ts';
import type { ConfigWarning } from './settings.ts';

export type ListEntry =
  /** A package in apt's words: `NAME`, `NAME=VERSION`, `NAME/SUITE`, `NAME:ARCH`, `NAME-`, `^TASK`. */
  | { readonly kind: 'wish'; readonly spec: string; readonly place: Required<Place> }
  /** A command for a shell inside the system, whose output is more package names. */
  | { readonly kind: 'command'; readonly command: string; readonly place: Required<Place> };

export interface ListText {
  /** Relative to the build directory. */
  readonly path: string;
  readonly text: string;
  /** The value of `LB_NAME`, or undefined if there is no such variable. */
  readonly lookUp: (name: string) => string | undefined;
}

export interface ExpandedList {
  readonly entries: readonly ListEntry[];
  readonly warnings: readonly ConfigWarning[];
}

interface Condition {
  readonly holds: boolean;
  readonly place: Required<Place>;
}

/**
 * Reads one package list: words separated by blanks, `#` lines are comments, `! command`, and
 * `#if NAME WORD...` / `#nif NAME WORD...` ... `#endif`, which hold if one of the words is (is not) among those of the
 * variable LB_NAME. Unlike live-build, commands in a part that does not hold are left out too.
 */
export function expandList({ path, text, lookUp }: ListText): ExpandedList {
  const entries: ListEntry[] = [];
  const warnings: ConfigWarning[] = [];
  let open: Condition | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const place = { path, line: index + 1 };
    const condition = /^#(n?if)\s+(\S+)\s*(.*)$/.exec(line);
    if (condition !== null) {
      if (open !== undefined) throw nested(place, open.place);
      const [, kind, name = '', words = ''] = condition;
      const value = lookUp(name);
      if (value === undefined) warnings.push(unknownName(name, place));
      const isMet = hasCommonWord(words, value ?? '');
      open = { holds: kind === 'if' ? isMet : !isMet, place };
    } else if (line.startsWith('#endif')) open = undefined;
    else if (open?.holds !== false) entries.push(...readLine(line, place));
  }
  if (open !== undefined) warnings.push({ message: 'The condition has no #endif.', place: open.place });
  return { entries, warnings };
}

function readLine(line: string, place: Required<Place>): ListEntry[] {
  if (line.startsWith('#') || line === '') return [];
  if (line.startsWith('!')) return [{ kind: 'command', command: line.slice(1).trim(), place }];
  return line.split(/\s+/).map((spec) => {
    if (!spec.startsWith('#')) return { kind: 'wish', spec, place };
    throw new LivewrightError('LIST_SYNTAX', {
      message: `Expected the name of a package, found "${spec}".`,
      hint: 'Put the comment on a line of its own.',
      place,
    });
  });
}

function hasCommonWord(a: string, b: string): boolean {
  const words = new Set(b.split(/\s+/));
  return a.split(/\s+/).some((word) => word !== '' && words.has(word));
}

function nested(place: Required<Place>, outer: Required<Place>): LivewrightError {
  return new LivewrightError('LIST_SYNTAX', {
    message: `A condition cannot begin inside the one of line ${outer.line}.`,
    hint: 'Close that one with #endif first, or use two lists.',
    place,
  });
}

function unknownName(name: string, place: Required<Place>): ConfigWarning {
  const short = name.replace(/^LB_/, '');
  const hint = short === name ? {} : { hint: `Write ${short}, without LB_.` };
  return { message: `There is no variable LB_${name}; the condition compares with nothing.`, ...hint, place };
}
