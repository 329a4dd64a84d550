import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { LivewrightError } from '../errors.ts';
import { NO_EMULATOR, namespaceWords } from './emulation.ts';
import { hostArchitecture, loaderArgv } from './loader.ts';
import { quote, SETUP_FAILED, setupScript } from './mounts.ts';
import { lastProcessor, straceWords } from './trace/strace.ts';
import type { Program, ProgramResult, RunProgram, RunTool } from './types.ts';

const TAIL_LINES = 40;

const defaultEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
};

export interface Sandbox {
  readonly toolsTree: string;
  readonly run: RunProgram;
  readonly runTool: RunTool;
  /** Starts without waiting; for machines and other long-lived programs. */
  readonly start: (program: Program) => ChildProcess;
}

/**
 * Programs from the tools tree at `toolsTree`, each in mount, PID, IPC, UTS and (unless asked otherwise) network
 * namespaces of its own. The caller is root, for real or in its own user namespace.
 *
 * When this process dies, however it dies, the kernel kills `unshare` (parent-death signal), which takes process 1 of
 * the PID namespace with it, and with that every process and mount in it.
 */
export function createSandbox(toolsTree: string): Sandbox {
  const start = (program: Program): ChildProcess => {
    const script = setupScript(program, `${toolsTree}/target`);
    const tool = (name: string): string[] => loaderArgv(toolsTree, name);
    const [command = '', ...rest] = [
      ...[...tool('usr/bin/setpriv'), '--pdeathsig', 'KILL', '--'],
      ...watchWords(program, tool),
      ...enterNetwork(program, tool('usr/bin/nsenter')),
      ...[...tool('usr/bin/unshare'), '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child=KILL'],
      ...(program.emulation ? namespaceWords() : []),
      ...((program.network ?? 'none') === 'none' ? ['--net'] : []),
      ...['--propagation', 'private', '--', `${toolsTree}/usr/bin/busybox`, 'sh', '-c', script, 'sandbox'],
      ...program.argv,
    ];
    return spawn(command, rest, {
      env: { ...defaultEnvironment, ...program.env },
      stdio:
        program.stdio === 'inherit' ? 'inherit' : [program.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  };
  const run: RunProgram = (program) => runToEnd(program, start);
  const runTool: RunTool = (program) => run({ ...program, root: { kind: 'directory', path: toolsTree } });
  return { toolsTree, start, run, runTool };
}

function watchWords({ watch }: Program, tool: (name: string) => string[]): string[] {
  if (watch === undefined) return [];
  const pinned = watch.onOneProcessor ? [...tool('usr/bin/taskset'), '--cpu-list', lastProcessor()] : [];
  return [...pinned, ...tool('usr/bin/strace'), ...straceWords(watch.log)];
}

function enterNetwork({ network }: Program, nsenter: readonly string[]): string[] {
  return typeof network === 'object' ? [...nsenter, `--net=/proc/${network.ofProcess}/ns/net`, '--'] : [];
}

async function runToEnd(program: Program, start: Sandbox['start']): Promise<ProgramResult> {
  program.signal?.throwIfAborted();
  const startedAt = performance.now();
  const child = start(program);
  const stop = (): void => void child.kill('SIGKILL');
  program.signal?.addEventListener('abort', stop, { once: true });
  try {
    program.onLine?.(`$ ${quote(program.argv)}`, 'command');
    const tail: string[] = [];
    const stdout: string[] = [];
    const reading = [
      readLines(child.stdout, (line) => {
        stdout.push(line);
        keepTail(tail, line);
        program.onLine?.(line, 'stdout');
      }),
      readLines(child.stderr, (line) => {
        keepTail(tail, line);
        program.onLine?.(line, 'stderr');
      }),
    ];
    child.stdin?.on('error', () => {}); // a program may stop reading early; its exit code tells
    child.stdin?.end(program.input);
    const [[exitCode, signal]] = await Promise.all([ended(child), ...reading]);
    program.signal?.throwIfAborted();
    if (exitCode !== 0) throw programFailed({ program, exitCode, signal, tail });
    return { stdout: stdout.join('\n'), durationMs: performance.now() - startedAt };
  } finally {
    stop(); // nothing to stop, unless `onLine` threw
    program.signal?.removeEventListener('abort', stop);
  }
}

function keepTail(tail: string[], line: string): void {
  tail.push(line);
  if (tail.length > TAIL_LINES) tail.shift();
}

async function readLines(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return;
  // Progress meters end their lines with a carriage return; readline takes both.
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}

function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve([code, signal]));
  });
}

function programFailed(failure: {
  program: Program;
  exitCode: number | null;
  signal: string | null;
  tail: readonly string[];
}): LivewrightError {
  const { program, exitCode, signal, tail } = failure;
  const name = program.argv[0] ?? '';
  const data = { argv: program.argv, exitCode, signal, tail: [...tail], command: quote(program.argv) };
  if (tail.some((line) => /No space left on device|Disk quota exceeded/.test(line))) {
    return new LivewrightError('DISK_FULL', {
      message: `The disk became full while ${name} was running.`,
      hint: 'Free some space, or put the store elsewhere with LIVEWRIGHT_STORE=/path; what was built so far is kept.',
      data,
    });
  }
  if (exitCode === SETUP_FAILED && tail.includes(NO_EMULATOR)) throw noEmulator(program);
  if (exitCode === SETUP_FAILED && tail.some((line) => line.startsWith('sandbox:'))) {
    return new LivewrightError('NAMESPACES_UNAVAILABLE', {
      message: `The sandbox for ${name} could not be made: ${tail.slice(-2).join(' ')}.`,
      hint: 'Mount namespaces and overlayfs must be allowed here; in a container they need --privileged or the CAP_SYS_ADMIN capability.',
      data,
    });
  }
  const how = signal === null ? `with exit code ${exitCode}` : `by signal ${signal}`;
  return new LivewrightError('PROGRAM_FAILED', {
    message: `${name} ended ${how}.`,
    hint: 'Its command line and all it said are in the log; `lb build --verbose` runs the step again with the same inputs.',
    // A step is a function of its inputs, which are all in the store: the same build runs the same command again.
    data: { ...data, replay: 'lb build --verbose' },
  });
}

function noEmulator({ emulation }: Program): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `This kernel lets no user namespace register an emulator (Linux 6.7 and newer do, with binfmt_misc), and the machine has not registered ${emulation?.name} for all.`,
    hint: `Install qemu-user-binfmt (Debian 12 and older: qemu-user-static), or build on a newer kernel or another machine than ${hostArchitecture()}.`,
    data: { emulator: emulation?.name ?? '' },
  });
}
