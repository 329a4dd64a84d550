/** An option of the command itself, which stands for no value of the configuration. */
export interface SwitchRow {
  readonly switch: string;
  readonly long: string;
  readonly short?: string;
  readonly argument: 'none' | 'required';
  readonly placeholder?: string;
  readonly help: string;
}

function commandSwitch<const Name extends string>(row: SwitchRow & { readonly switch: Name }): typeof row {
  return row;
}

/** What `lb config` takes besides the options that it stores. */
export const configSwitches = [
  commandSwitch({ switch: 'clean', long: 'clean', argument: 'none', help: 'Remove the empty directories afterwards.' }),
  commandSwitch({
    switch: 'config',
    long: 'config',
    argument: 'required',
    placeholder: 'GIT_URL[::REF]',
    help: 'Begin with a configuration from a Git repository.',
  }),
  commandSwitch({
    switch: 'conffile',
    long: 'conffile',
    short: 'c',
    argument: 'required',
    placeholder: 'FILE',
    help: 'Read one more file of options, which has the last word.',
  }),
  commandSwitch({ switch: 'dump', long: 'dump', argument: 'none', help: 'Print the configuration for a bug report.' }),
  commandSwitch({
    switch: 'ignoreSystemDefaults',
    long: 'ignore-system-defaults',
    argument: 'none',
    help: 'Leave out /etc/live/build.conf and /etc/live/build/*.',
  }),
  commandSwitch({ switch: 'validate', long: 'validate', argument: 'none', help: 'Check the options, write nothing.' }),
  commandSwitch({ switch: 'noColor', long: 'no-color', argument: 'none', help: 'Use no colours.' }),
  commandSwitch({ switch: 'help', long: 'help', short: 'h', argument: 'none', help: 'Explain the command.' }),
  commandSwitch({ switch: 'usage', long: 'usage', short: 'u', argument: 'none', help: 'Show the options in short.' }),
  commandSwitch({ switch: 'version', long: 'version', short: 'v', argument: 'none', help: 'Print the version.' }),
] as const;

export type ConfigSwitch = (typeof configSwitches)[number]['switch'];
