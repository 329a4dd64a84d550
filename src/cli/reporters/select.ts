import { createJsonReporter } from './json.ts';
import { createPlainReporter } from './plain.ts';
import type { Output, Reporter } from './reporter.ts';
import { createTtyReporter } from './tty.ts';

export interface ReporterWishes {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** What the user asked for; undefined: as the environment says. */
  readonly color: boolean | undefined;
}

export interface ReporterPlace {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type ReporterKind = 'json' | 'plain' | 'tty';

/** A live picture needs a terminal that can move its cursor and someone before it; CI services offer the first without the second. */
export function selectKind({ json, quiet }: ReporterWishes, { stdout, env }: ReporterPlace): ReporterKind {
  if (json) return 'json';
  if (quiet || stdout.isTTY !== true || env['TERM'] === 'dumb' || isSet(env['CI'])) return 'plain';
  return 'tty';
}

/** `--color` and `--no-color` decide, else NO_COLOR (https://no-color.org: present and not empty). */
export function wantsColor({ color }: ReporterWishes, { env }: ReporterPlace): boolean {
  return color ?? !isSet(env['NO_COLOR']);
}

export function selectReporter(wishes: ReporterWishes, place: ReporterPlace): Reporter {
  const { stdout, stderr, env } = place;
  switch (selectKind(wishes, place)) {
    case 'json':
      return createJsonReporter(stdout);
    case 'plain':
      return createPlainReporter({ output: stdout, errors: stderr }, wishes);
    case 'tty':
      return createTtyReporter(stdout, {
        color: wantsColor(wishes, place),
        // The kernel's console (vt) sets TERM=linux; its fonts hold 512 glyphs at most.
        unicode: env['TERM'] !== 'linux',
        verbose: wishes.verbose,
      });
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
