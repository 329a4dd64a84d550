import type { ValueType } from './valueTypes.ts';

/** Which file of `config/` stores an option; `none`: only ever given on the command line or in the environment. */
export type OptionFile = 'common' | 'bootstrap' | 'chroot' | 'binary' | 'source' | 'none';

export type OptionGroup =
  | 'Target'
  | 'Archives'
  | 'Packages'
  | 'System'
  | 'Boot'
  | 'Image'
  | 'Network boot'
  | 'Installer'
  | 'Source'
  | 'Build';

interface RowBase<T> {
  /** The long name without dashes. Absent: the variable has no option. */
  readonly long?: string;
  readonly short?: string;
  readonly aliases?: readonly string[];
  /** How people call the value in help: `URL`. Absent: the option is a switch, and means `switchValue`. */
  readonly placeholder?: string;
  readonly switchValue?: string;
  /** The shell variable that stands for the option in files, environment and hooks. */
  readonly variable: string;
  /** Variables of earlier live-builds that mean the same; read where `variable` is not set. */
  readonly oldVariables?: readonly string[];
  readonly file: OptionFile;
  /** Stored as a comment: it concerns one run, and counts from the file only if the user removes the `#`. */
  readonly commented?: true;
  readonly type: ValueType<T>;
  /** Values that are taken for another one, with a warning. */
  readonly replacedValues?: Readonly<Record<string, string>>;
  readonly group: OptionGroup;
  /** One sentence for help, in our own words. */
  readonly help: string;
  /** Whether this version's build reads the value. See `support.ts`. */
  readonly honoured: boolean;
  /** The values that this version's build can do, as the files spell them. Absent: all. */
  readonly supportedValues?: readonly string[];
  /** Values that a build takes for another one, with a warning: the system is the same, or as good. */
  readonly builtAs?: Readonly<Record<string, string>>;
  /** Where it is refused or built as another: what to do instead, or why, a sentence. */
  readonly instead?: string;
  /** Not honoured, and a build without it still is what the user asked for: worth a word, not a refusal. */
  readonly harmless?: true;
  /** The values of which `harmless` holds, where it does not hold of all. */
  readonly harmlessValues?: RegExp;
}

export interface ConstantRow<T> extends RowBase<T> {
  readonly default: NoInfer<T>;
}

/** A row whose default follows from other values (`derive.ts`). */
export interface DerivedRow<T> extends RowBase<T> {
  /** What the default follows from, for help: `as --distribution`. */
  readonly derivedFrom: string;
  /** Once written down it stays: a tree configured for one machine is not another tree on another machine. */
  readonly kept?: true;
}

export type OptionRow<T = unknown> = ConstantRow<T> | DerivedRow<T>;

/** An option with a constant default. */
export function option<T>(row: ConstantRow<T>): ConstantRow<T> {
  return row;
}

/** An option whose default is a function of the other values; `derive.ts` does not compile without it. */
export function derivedOption<T>(row: DerivedRow<T>): DerivedRow<T> {
  return row;
}
