import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Environment } from './context.ts';

export interface ScriptOptions {
  readonly directory: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Where the script's standard output goes; `stderr` keeps ours clean for JSON. */
  readonly outputTo: 'stdout' | 'stderr';
}

/**
 * Runs a script of the user's on the host, as the user, at the user's terminal: neither sandbox nor tools tree, as these
 * scripts call make, git and whatever else they were written for. Resolves to its exit code, 128 + N if a signal ended it.
 *
 * A shell starts it: where the kernel refuses a file without a `#!` line (ENOEXEC), a shell reads it as a script. POSIX, XCU 2.9.1.4.
 */
export function runScript(script: string, argv: readonly string[], options: ScriptOptions): Promise<number> {
  const { directory, env, signal, outputTo } = options;
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', 'exec "$0" "$@"', script, ...argv], {
      cwd: directory,
      env,
      stdio: ['inherit', outputTo === 'stdout' ? 'inherit' : 2, 'inherit'],
    });
    // A terminal's Ctrl-C reaches the script by itself and it should end in its own way; other signals come to us alone.
    const stop = () => {
      if (signal.reason?.data?.signal !== 'SIGINT') child.kill('SIGTERM');
    };
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]));
    });
  });
}
