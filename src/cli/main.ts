import type { Host } from './context.ts';
import { dispatch } from './dispatch.ts';
import { listenForSignals } from './interrupt.ts';

/** Runs one command line and tells the user of any failure; resolves to the exit code. Never rejects. */
export async function runMain(argv: readonly string[], host: Host): Promise<number> {
  try {
    return await dispatch(argv, host);
  } catch (error) {
    return tellError(error, argv, host);
  }
}

async function tellError(error: unknown, argv: readonly string[], host: Host): Promise<number> {
  const { printError } = await import('./printError.ts');
  return printError(error, { ...host, argv, json: wantsJson(argv) });
}

/** Also where the command line could not be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.includes('--json');
}

/** The program: `bin/lb.js` calls this. The one place that ends the process. */
export function start(): void {
  const argv = process.argv.slice(2);
  const host: Host = {
    directory: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: listenForSignals(process, (exitCode) => process.exit(exitCode)),
    self: [process.execPath, process.argv[1] ?? ''],
  };
  const crash = (error: unknown) => void tellError(error, argv, host).then(leave);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  // Whoever read our output has gone (`lb help | head -1`): end as any program does that SIGPIPE ends, without a word.
  process.stdout.on('error', () => process.exit(141));
  void runMain(argv, host).then(leave);
}

/** Ends when all that was written has gone out: a pipe holds 64 KiB, and whoever reads it may be slower than we are. */
async function leave(exitCode: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(allWritten));
  process.exit(exitCode);
}

async function allWritten(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writable && stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
}
