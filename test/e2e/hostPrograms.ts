import { spawn } from 'node:child_process';
import { LivewrightError } from '../../src/errors.ts';
import type { Program, ProgramResult, RunProgram } from '../../src/sandbox/types.ts';

/**
 * Runs a program of this machine as if it were in a tools tree at `/`. Only for tests of code that binds each path
 * under its own name.
 */
export const runOnHost: RunProgram = (program) => {
  for (const { source, target } of program.binds ?? []) {
    if (source !== target) throw new Error(`${source} is bound to ${target}, which this helper cannot show`);
  }
  return new Promise((resolve, reject) => start(program, resolve, reject));
};

function start(program: Program, resolve: (result: ProgramResult) => void, reject: (error: unknown) => void): void {
  const [command, ...args] = program.argv;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/nonexistent', ...program.env };
  const child = spawn(command ?? '', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // a program may stop reading early; its exit code tells
  child.stdin.end(program.input ?? '');
  const startedMs = performance.now();
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    for (const line of text.split('\n')) program.onLine?.(line, 'stderr');
  });
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) return resolve({ stdout, durationMs: performance.now() - startedMs });
    const message = `${program.argv.join(' ')} ended with ${code}:\n${all}`;
    reject(new LivewrightError('PROGRAM_FAILED', { message, data: { argv: program.argv, exitCode: code } }));
  });
}
