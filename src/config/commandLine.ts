import { type OptionSyntax, parseArguments } from './getopt.ts';
import { obsoleteOptions } from './options/obsolete.ts';
import { type ConfigSwitch, configSwitches } from './options/switches.ts';
import { type OptionName, optionNames, rowOf } from './options.ts';
import type { ConfigWarning, Setting } from './settings.ts';

type CommandLineRow = OptionSyntax & {
  readonly option?: OptionName;
  readonly obsolete?: string;
  readonly switch?: ConfigSwitch;
};

function optionSyntax(name: OptionName): CommandLineRow[] {
  const { long, short, aliases = [], switchValue } = rowOf(name);
  if (long === undefined) return [];
  const argument = switchValue === undefined ? 'required' : 'none';
  return [{ option: name, long, aliases, argument, ...(short === undefined ? {} : { short }) }];
}

/** Every option that `lb config` accepts. */
export const commandLineRows: readonly CommandLineRow[] = [
  ...optionNames.flatMap(optionSyntax),
  ...obsoleteOptions,
  ...configSwitches,
];

export interface ConfigArguments {
  readonly settings: readonly Setting[];
  /** Switches that were given, with their argument or the empty string. */
  readonly switches: ReadonlyMap<ConfigSwitch, string>;
  /** live-build drops words that belong to no option; so do we, with a warning. */
  readonly positionals: readonly string[];
  readonly warnings: readonly ConfigWarning[];
}

/** Reads the command line of `lb config`. `noauto` must be taken off before. */
export function parseConfigArguments(argv: readonly string[]): ConfigArguments {
  const { options, positionals } = parseArguments(argv, commandLineRows);
  const settings: Setting[] = [];
  const switches = new Map<ConfigSwitch, string>();
  const warnings: ConfigWarning[] = positionals.map((word) => ({
    message: `The word "${word}" belongs to no option and is left out.`,
    hint: 'Put a value with blanks in quotes.',
  }));
  for (const { row, spelling, value } of options) {
    const origin = { kind: 'command line', spelling } as const;
    if (row.option !== undefined) {
      const text = value ?? rowOf(row.option).switchValue ?? '';
      settings.push({ name: row.option, text, origin, standing: 'chosen' });
    } else if (row.obsolete !== undefined) {
      warnings.push({ message: `Option "${spelling}" does nothing any more: ${row.obsolete}.` });
    } else if (row.switch === 'noColor') {
      settings.push({ name: 'color', text: 'false', origin, standing: 'chosen' });
    } else if (row.switch !== undefined) {
      switches.set(row.switch, value ?? '');
    }
  }
  return { settings, switches, positionals, warnings };
}
