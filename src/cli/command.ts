import type { Host, RunCommand } from './context.ts';
import type { OptionSyntax } from './getopt.ts';

/** An option of a command: a row of its help, and all that the parser needs. */
export interface CommandOption extends OptionSyntax {
  /** How people call the value: `N`. */
  readonly placeholder?: string;
  readonly help: string;
  /** Heading in help; default `Options`. */
  readonly group?: string;
}

export interface Example {
  readonly command: string;
  readonly text: string;
}

/** What a command's words became before it, or its auto script, was run. */
export interface Prepared {
  readonly words: readonly string[];
  readonly warnings: readonly { readonly message: string; readonly hint?: string }[];
}

export interface Command {
  readonly name: string;
  /** `Parts` are found by their names, and not listed. */
  readonly group: 'Build' | 'Stages' | 'Try' | 'Look' | 'Parts';
  readonly summary: string;
  /** Words besides options, for help: `[IMAGE]`. Absent: there are none, and stray ones are dropped with a warning. */
  readonly operands?: string;
  readonly options: readonly CommandOption[];
  /** Options kept elsewhere, for help alone: the command reads its words (`context.argv`) by itself. */
  readonly loadOptions?: () => Promise<readonly CommandOption[]>;
  readonly examples: readonly Example[];
  /** What the command leaves alone, in one sentence. */
  readonly untouched: string;
  /** `auto/NAME` runs in its place where there is one. */
  readonly hasAutoScript?: true;
  /** Comes first, even before `auto/NAME` is looked for; `words` begin with `noauto` where that was given. */
  readonly loadPrepare?: () => Promise<{ prepare(words: readonly string[], host: Host): Promise<Prepared> }>;
  /** The `config/` tree is made first where there is none. */
  readonly needsConfig?: true;
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

/** For commands that can report to programs. */
export const json: CommandOption = {
  long: 'json',
  argument: 'none',
  help: 'Write events to standard output, one JSON object per line.',
};
