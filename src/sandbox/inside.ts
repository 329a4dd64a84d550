import { spawn } from 'node:child_process';
import { loaderArgv } from './loader.ts';

export interface InsideOptions {
  readonly toolsTree: string;
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command that goes on with our work in other namespaces: it has our standard streams and dies with us. */
export async function runInside({ toolsTree, argv, env }: InsideOptions): Promise<number> {
  const [command = '', ...rest] = [...loaderArgv(toolsTree, 'usr/bin/setpriv'), '--pdeathsig', 'KILL', '--', ...argv];
  const child = spawn(command, rest, { stdio: 'inherit', env: { ...process.env, ...env } });
  // The terminal sends Ctrl-C to the whole group, so the inside hears it by itself; this side only has to outlive it.
  const outlive = (): void => {};
  const forward = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', outlive);
  process.on('SIGTERM', forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
    });
  } finally {
    process.off('SIGINT', outlive);
    process.off('SIGTERM', forward);
  }
}
