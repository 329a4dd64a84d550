import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bind, ProgramResult, RunProgram } from '../sandbox/types.ts';

/** The programs and boot loader files this room uses: a tools tree, and the way to run what is in it. */
export interface MediaTools {
  readonly run: RunProgram;
  /** Absolute path of the tools tree's root on this machine. */
  readonly tree: string;
  /** Root of the tree that has the boot loaders (`usr/lib/grub`, `usr/lib/shim`), where they are another architecture's. */
  readonly loaders?: string;
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
}

export interface ToolCall {
  readonly argv: readonly string[];
  /** Paths to show to the program under their own names. */
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  /** Text for standard input; absent: none. */
  readonly input?: string;
  readonly epochSeconds: number;
  readonly onLine?: (line: string) => void;
}

/** Runs a program of the tools tree with a fixed clock, time zone and language. */
export function runTool(tools: MediaTools, call: ToolCall): Promise<ProgramResult> {
  const { signal, log } = tools;
  return tools.run({
    argv: call.argv,
    root: { kind: 'directory', path: tools.tree },
    binds: [
      ...(tools.loaders === undefined ? [] : [{ source: join(tools.loaders, grubFiles), target: `/${grubFiles}` }]),
      ...(call.read ?? []).map((path) => bindOf(path)),
      ...(call.write ?? []).map((path) => bindOf(path, true)),
    ],
    env: { LC_ALL: 'C.UTF-8', TZ: 'UTC', SOURCE_DATE_EPOCH: String(call.epochSeconds), MTOOLSRC: '/dev/null' },
    ...(call.input === undefined ? {} : { input: call.input }),
    onLine: (line) => {
      log?.(line);
      call.onLine?.(line);
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

// Source and target are one path, so that a logged command line can be run again as it stands.
function bindOf(path: string, writable = false): Bind {
  return { source: path, target: path, writable };
}

/** Where a file of the tools tree (`usr/lib/...`) is on this machine. */
export function toolFile({ tree, loaders }: Pick<MediaTools, 'tree' | 'loaders'>, path: string): string {
  const isLoader = path.startsWith(`${grubFiles}/`) || path.startsWith('usr/lib/shim/');
  return join(loaders !== undefined && isLoader ? loaders : tree, path);
}

const grubFiles = 'usr/lib/grub';

export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
