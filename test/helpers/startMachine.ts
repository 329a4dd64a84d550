import { spawn } from 'node:child_process';
import type { ProgramExit, StartedMachine, StartMachine } from '../../src/vm/types.ts';

const tailBytes = 8000;

/** Starts QEMU as the host has it, without a sandbox: for tests and for trying things out. Binds are ignored. */
export const startPlainly: StartMachine = (argv, options): StartedMachine => {
  const child = spawn(argv[0]!, argv.slice(1), {
    env: { ...process.env, ...options.env },
    stdio: options.stdio === 'terminal' ? 'inherit' : ['ignore', 'ignore', 'pipe'],
  });
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-tailBytes);
  });
  const exited = new Promise<ProgramExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      tail += String(error);
      resolve({ code: null, signal: null });
    });
  });
  return { pid: child.pid ?? -1, exited, stderrTail: () => tail, kill: () => void child.kill('SIGKILL') };
};
