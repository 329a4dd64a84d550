import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { tempDirectory } from './tempDirectory.ts';
import { transpileInto } from './transpile.ts';

/** Real processes of our own code, for tests of crashes and races. */
export interface Scripts {
  /** Starts the script; its standard error is the test's. */
  start(name: string, args: readonly string[], options?: { readonly uid?: number }): Script;
}

export interface Script {
  readonly child: ChildProcess;
  /** The next line of standard output; rejects if the script ends before. */
  nextLine(): Promise<string>;
  /** Resolves with the exit code, or null after a signal. */
  readonly exit: Promise<number | null>;
}

/** Makes `scripts` (name -> JavaScript) able to import `entries` (such as `./src/store/local.js`). */
export async function prepareScripts(
  entries: readonly string[],
  scripts: Readonly<Record<string, string>>,
): Promise<Scripts> {
  const directory = await tempDirectory();
  await transpileInto(directory, entries);
  for (const [name, source] of Object.entries(scripts)) await writeFile(join(directory, name), source);
  return { start: (name, args, options = {}) => start([join(directory, name), ...args], options) };
}

function start(argv: readonly string[], { uid }: { readonly uid?: number }): Script {
  const child = spawn(process.execPath, argv, {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    exit: once(child, 'close').then(([code]) => code as number | null),
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${argv.join(' ')} ended without another line.`);
      return value;
    },
  };
}
