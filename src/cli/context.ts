import type { EventBus } from '../events/events.ts';
import type { Output } from './reporters/reporter.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags that every command takes, before or after its name. */
export interface GlobalFlags {
  readonly breakpoints: boolean;
  /** `--color` true, `--no-color` false, neither undefined. */
  readonly color: boolean | undefined;
  readonly debug: boolean;
  readonly force: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What the process offers to the commands; the tests offer their own. */
export interface Host {
  /** The build directory, absolute: where `lb` was started. */
  readonly directory: string;
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted by SIGINT, SIGTERM and SIGHUP; its reason is a LivewrightError INTERRUPTED with `data.signal`. */
  readonly signal: AbortSignal;
  /** Program and first arguments that start this `lb` again: `[node, …/bin/lb.js]`. */
  readonly self: readonly string[];
}

/** All that a command may use. */
export interface CommandContext {
  readonly directory: string;
  /** Options of the command by long name: the (last) value given, or `true` for those that take none. */
  readonly options: Readonly<Record<string, string | true>>;
  readonly positionals: readonly string[];
  /** The words after the command's name as typed, without `noauto`; global flags from before the name come first. */
  readonly argv: readonly string[];
  readonly flags: GlobalFlags;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Standard output is a terminal. */
  readonly isTty: boolean;
  /** What is emitted here is shown by the reporter that suits the terminal and `--json`. */
  readonly events: EventBus;
  /** The whole command line that runs this command again, auto script left out; to re-execute in a user namespace. */
  readonly commandLine: readonly string[];
  /** Runs another command of the table in this process, with its auto script: `runCommand('config', [])`. */
  runCommand(name: string, argv: readonly string[]): Promise<number>;
}

/** Returns the exit code; throws a LivewrightError for what the user must be told. */
export type RunCommand = (context: CommandContext) => Promise<number>;
