import type { Sandbox } from './run.ts';
import type { Bind, Program } from './types.ts';

const TAIL_BYTES = 8000;

export interface MachineProgram {
  readonly argv: readonly string[];
  readonly toolsRoot: string;
  readonly binds: readonly Bind[];
  readonly devices: readonly string[];
  readonly network: NonNullable<Program['network']>;
  readonly env?: Readonly<Record<string, string>>;
  /** `terminal`: standard input, output and error are the user's. */
  readonly stdio?: 'captured' | 'terminal';
}

export interface RunningProgram {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stderrTail(): string;
  kill(): void;
}

/** Starts a program that lives as long as it likes, such as QEMU, and dies with us at the latest. */
export function startMachine(sandbox: Sandbox, machine: MachineProgram): RunningProgram {
  const { argv, toolsRoot, binds, devices, network, env, stdio } = machine;
  const program: Program = {
    argv,
    root: { kind: 'directory', path: toolsRoot },
    binds,
    devices,
    network,
    ...(env && { env }),
    ...(stdio === 'terminal' && { stdio: 'inherit' }),
  };
  const child = sandbox.start(program);
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-TAIL_BYTES);
  });
  child.stdout?.resume();
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      tail += String(error);
      resolve({ code: null, signal: null });
    });
  });
  return { pid: child.pid ?? -1, exited, stderrTail: () => tail, kill: () => void child.kill('SIGKILL') };
}
