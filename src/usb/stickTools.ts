import { LivewrightError } from '../errors.ts';
import type { RunTool } from '../sandbox/types.ts';

/** What makes file systems: programs of the tools tree `stick`, and space for them. */
export interface StickTools {
  readonly run: RunTool;
  /** An empty directory on a file system that has sparse files (any but FAT); takes a few hundred MB at most. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** A call of one program that sees the scratch directory under its own name. */
export interface StickCall {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** Runs a program of the tools tree with a fixed language and time zone; resolves with what it printed. */
export async function runStickTool(tools: StickTools, { argv, env, input }: StickCall): Promise<string> {
  const { run, scratch, signal, onLine } = tools;
  const { stdout } = await run({
    argv,
    binds: [{ source: scratch, target: scratch, writable: true }],
    env: { LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env },
    signal,
    ...(input === undefined ? {} : { input }),
    ...(onLine === undefined ? {} : { onLine: (line) => onLine(line) }),
  }).catch(explainFailure);
  return stdout;
}

/** Here no build can be repeated: what the program said last is all there is to go by. */
function explainFailure(error: unknown): never {
  if (!(error instanceof LivewrightError) || error.code !== 'PROGRAM_FAILED') throw error;
  const { tail, replay, ...data } = error.data;
  const last = Array.isArray(tail) ? tail.at(-1) : undefined;
  throw new LivewrightError('PROGRAM_FAILED', {
    message: last === undefined ? error.message : `${error.message.replace(/\.$/, '')}: ${last}.`,
    hint: 'Run the same command with --verbose to see all that it says.',
    data: { ...data, tail },
    cause: error,
  });
}
