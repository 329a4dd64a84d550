import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { runInside } from './inside.ts';
import { loaderArgv } from './loader.ts';

/** Where `ip netns` keeps its namespaces (ip-netns(8)). */
const directory = '/run/netns';

export interface EnterNetworkOptions {
  readonly toolsTree: string;
  readonly name: string;
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Whether this process is in the network namespace of that name. OPTION_VALUE if there is none. */
export async function isInNetworkNamespace(name: string): Promise<boolean> {
  const wanted = await orIfAbsent(stat(join(directory, name)), undefined);
  if (wanted === undefined || name.includes('/')) throw noNamespace(name);
  const here = await stat('/proc/self/ns/net');
  return wanted.ino === here.ino && wanted.dev === here.dev;
}

/** Runs `argv` in the network namespace; standard streams are shared. Resolves with the exit code. */
export function runInNetworkNamespace({ toolsTree, name, argv, env }: EnterNetworkOptions): Promise<number> {
  const enter = [...loaderArgv(toolsTree, 'usr/bin/nsenter'), `--net=${join(directory, name)}`, '--'];
  return runInside({ toolsTree, argv: [...enter, ...argv], env });
}

function noNamespace(name: string): LivewrightError {
  return new LivewrightError('OPTION_VALUE', {
    message: `There is no network namespace "${name}"; expected a name of ${directory}.`,
    hint: '`ip netns list` shows them, `ip netns add NAME` makes one.',
    data: { name },
  });
}
