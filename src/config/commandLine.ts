import { type OptionSyntax, parseArguments } from './getopt.ts';
import { type Meaning, type ObsoleteRow, obsoleteOptions } from './options/obsolete.ts';
import { type ConfigSwitch, configSwitches } from './options/switches.ts';
import { type OptionName, optionNames, rowOf } from './options.ts';
import type { ConfigWarning, Setting } from './settings.ts';

type CommandLineRow = OptionSyntax & {
  readonly option?: OptionName;
  readonly obsolete?: ObsoleteRow['obsolete'];
  readonly means?: ObsoleteRow['means'];
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

/** Where packages that options of earlier days name are written to. */
export const oldWishesList = 'config/package-lists/lb-config.list.chroot';

export interface ConfigArguments {
  readonly settings: readonly Setting[];
  /** Switches that were given, with their argument or the empty string. */
  readonly switches: ReadonlyMap<ConfigSwitch, string>;
  /** live-build drops words that belong to no option; so do we, with a warning. */
  readonly positionals: readonly string[];
  /** Lines of a package list, which options of earlier days stood for. */
  readonly listLines: readonly string[];
  readonly warnings: readonly ConfigWarning[];
}

/** Reads the command line of `lb config`. `noauto` must be taken off before. */
export function parseConfigArguments(argv: readonly string[]): ConfigArguments {
  const { options, positionals } = parseArguments(argv, commandLineRows);
  const settings: Setting[] = [];
  const obsolete: ObsoleteReport = { settings: [], listLines: [], warnings: [] };
  const switches = new Map<ConfigSwitch, string>();
  for (const { row, spelling, value } of options) {
    const origin = { kind: 'command line', spelling } as const;
    if (row.option !== undefined) {
      const text = value ?? rowOf(row.option).switchValue ?? '';
      settings.push({ name: row.option, text, origin, standing: 'chosen' });
    } else if (row.obsolete !== undefined) {
      readObsolete({ spelling, value: value ?? '', says: row.obsolete, meaning: row.means?.(value ?? '') }, obsolete);
    } else if (row.switch === 'noColor') {
      settings.push({ name: 'color', text: 'false', origin, standing: 'chosen' });
    } else if (row.switch !== undefined) {
      switches.set(row.switch, value ?? '');
    }
  }
  return {
    // Those of today come last and win.
    settings: [...obsolete.settings, ...settings],
    switches,
    positionals,
    listLines: obsolete.listLines,
    warnings: [...positionals.map(strayWord), ...obsolete.warnings],
  };
}

function strayWord(word: string): ConfigWarning {
  return {
    message: `The word "${word}" belongs to no option and is left out.`,
    hint: 'Put a value with blanks in quotes.',
  };
}

interface ObsoleteReport {
  readonly settings: Setting[];
  readonly listLines: string[];
  readonly warnings: ConfigWarning[];
}

interface ObsoleteOption {
  readonly spelling: string;
  readonly value: string;
  readonly says: string;
  readonly meaning: Meaning | undefined;
}

function readObsolete({ spelling, value, says, meaning }: ObsoleteOption, report: ObsoleteReport): void {
  const message = `Option "${spelling}" ${says}.`;
  if (meaning === undefined) {
    report.warnings.push({ message });
  } else if ('lines' in meaning) {
    report.listLines.push(...meaning.lines);
    report.warnings.push({ message, hint: `"${value}" is written to ${oldWishesList}.` });
  } else {
    const origin = { kind: 'command line', spelling } as const;
    report.settings.push({ name: meaning.option, text: meaning.text, origin, standing: 'chosen' });
    report.warnings.push({ message, hint: `Write --${rowOf(meaning.option).long} "${meaning.text}".` });
  }
}
