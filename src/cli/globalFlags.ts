import type { CommandOption } from './command.ts';
import type { GlobalFlags } from './context.ts';

/** live-build's common options, which stand before or after the command's name. */
export const globalRows: readonly CommandOption[] = [
  { long: 'breakpoints', argument: 'none', help: 'Wait for a word before each stage of a build.' },
  { long: 'color', argument: 'none', help: 'Colours even where NO_COLOR is set.' },
  { long: 'no-color', argument: 'none', help: 'No colours.' },
  { long: 'debug', argument: 'none', help: 'As --verbose.' },
  {
    long: 'force',
    argument: 'none',
    help: "Accepted for live-build's sake; a step runs again when its inputs change.",
  },
  { long: 'quiet', argument: 'none', help: 'Show warnings and failures only.' },
  { long: 'verbose', argument: 'none', help: 'Show the output of programs too.' },
  { long: 'help', short: 'h', argument: 'none', help: 'Show help and stop.' },
  { long: 'usage', short: 'u', argument: 'none', help: 'Show help and stop.' },
  { long: 'version', short: 'v', argument: 'none', help: 'Show the version and stop.' },
];

/** The flags among long names; the last of `--color` and `--no-color` wins. */
export function readGlobalFlags(names: readonly string[]): GlobalFlags {
  const has = (name: string) => names.includes(name);
  const color = names.findLast((name) => name === 'color' || name === 'no-color');
  return {
    breakpoints: has('breakpoints'),
    color: color === undefined ? undefined : color === 'color',
    debug: has('debug'),
    force: has('force'),
    quiet: has('quiet'),
    verbose: has('verbose') || has('debug'),
  };
}
