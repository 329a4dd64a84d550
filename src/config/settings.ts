import type { LivewrightError, Place } from '../errors.ts';
import { renewTimeInFile } from './isoVolume.ts';
import { type OptionName, optionNames, rowOf } from './options.ts';
import { parseShellVariables, quoteShell } from './shellvars.ts';

/** Where a value comes from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'system file' | 'file' | 'override file'; readonly place: Place; readonly variable: string }
  | { readonly kind: 'command line'; readonly spelling: string };

/** Something the user should hear of that stops nothing. */
export interface ConfigWarning {
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
}

/** What one place says about one option, before it is checked. An empty text means "as by default". */
export interface Setting {
  readonly name: OptionName;
  readonly text: string;
  readonly origin: Origin;
  /**
   * `chosen`: somebody wants it. `unmarked`: stands in a file that does not tell choices from defaults.
   * `default`: was written there as the default of its day, and follows its rule.
   */
  readonly standing: 'chosen' | 'unmarked' | 'default';
}

/** Our option files tell defaults from choices: a default has its value in a comment above it. */
export const markNotice =
  'A value that is the same as in the "Default:" line above it was not chosen and follows other options.';

export const defaultMark = (quotedValue: string) => `Default: ${quotedValue}`;

interface OptionOfVariable {
  readonly name: OptionName;
  readonly isOld: boolean;
}

const optionByVariable: ReadonlyMap<string, OptionOfVariable> = new Map(
  optionNames.flatMap((name): [string, OptionOfVariable][] => [
    ...(rowOf(name).oldVariables ?? []).map((old): [string, OptionOfVariable] => [old, { name, isOld: true }]),
    [rowOf(name).variable, { name, isOld: false }],
  ]),
);

export function environmentSettings(env: Readonly<Record<string, string | undefined>>): Setting[] {
  return optionNames.flatMap((name): Setting[] => {
    const { variable, oldVariables = [] } = rowOf(name);
    const set = [variable, ...oldVariables].find((candidate) => env[candidate] !== undefined);
    const origin = { kind: 'environment', variable: set ?? variable } as const;
    return set === undefined ? [] : [{ name, text: env[set] ?? '', origin, standing: 'chosen' }];
  });
}

export interface OptionFileText {
  readonly path: string;
  readonly text: string;
  readonly kind: 'system file' | 'file' | 'override file';
  readonly lookup: (variable: string) => string | undefined;
}

export interface FileSettings {
  readonly settings: readonly Setting[];
  /** Every variable with its last value, also those that no option stands for. */
  readonly variables: ReadonlyMap<string, string>;
  /** Variables that no option stands for. */
  readonly unknown: ReadonlyMap<string, { readonly value: string; readonly place: Required<Place> }>;
  readonly problems: readonly LivewrightError[];
  readonly warnings: readonly ConfigWarning[];
}

/** What one option file says. `$VERSION` is live-build's own; live-build 3 and 4 wrote it into `LB_ISO_PREPARER`. */
export function readSettings({ path, text, kind, lookup }: OptionFileText): FileSettings {
  const { assignments, problems } = parseShellVariables({
    path,
    text: renewTimeInFile(text),
    lookup: (variable) => (variable === 'VERSION' ? '@LB_VERSION@' : lookup(variable)),
  });
  const isMarked = text.includes(markNotice);
  const variables = new Map(assignments.map(({ name, value }) => [name, value]));
  const settings: Setting[] = [];
  const unknown = new Map<string, { value: string; place: Required<Place> }>();
  const warnings: ConfigWarning[] = [];
  for (const { name: variable, value, line, comment } of assignments) {
    const option = optionByVariable.get(variable);
    if (option === undefined) {
      unknown.set(variable, { value, place: { path, line } });
      continue;
    }
    const current = rowOf(option.name).variable;
    if (option.isOld && variables.has(current)) continue;
    const place = { path, line };
    if (option.isOld && value !== '') warnings.push({ message: `${variable} is now called ${current}.`, place });
    const isDefault = isMarked && comment === defaultMark(quoteShell(value));
    const standing = isDefault ? 'default' : isMarked ? 'chosen' : 'unmarked';
    settings.push({ name: option.name, text: value, origin: { kind, place, variable }, standing });
  }
  return { settings, variables, unknown, problems, warnings };
}
