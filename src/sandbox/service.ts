import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Sandbox } from './run.ts';
import type { Program } from './types.ts';

const TAIL_LINES = 20;

export interface RunningService {
  /** Never rejects. */
  readonly ended: Promise<ServiceEnd>;
  /** At once (SIGKILL), with all that it has started; resolves when it has gone. Harmless when it has ended. */
  stop(): Promise<void>;
}

export interface ServiceEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines it said. */
  readonly tail: readonly string[];
}

/** Starts a program that serves until it is stopped, and dies with us at the latest. Its lines go to `onLine`. */
export function startService(sandbox: Pick<Sandbox, 'start'>, program: Program): RunningService {
  return followService(sandbox.start(program), (line, stream) => program.onLine?.(line, stream));
}

/** The same of a program that has been started. */
export function followService(
  child: ChildProcess,
  onLine: (line: string, stream: 'stdout' | 'stderr') => void,
): RunningService {
  const tail: string[] = [];
  listen(child, (line, stream) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    onLine(line, stream);
  });
  const ended = new Promise<ServiceEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, tail }));
    child.once('error', (error) => resolve({ code: null, signal: null, tail: [...tail, String(error)] }));
  });
  return {
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function listen(child: ChildProcess, onLine: (line: string, stream: 'stdout' | 'stderr') => void): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const input = child[stream];
    if (input) createInterface({ input }).on('line', (line) => onLine(line, stream));
  }
}
