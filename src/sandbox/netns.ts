import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { runInside } from './inside.ts';
import { loaderArgv } from './loader.ts';
import { followService, type RunningService } from './service.ts';

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

export interface PrivateNetworkOptions {
  readonly toolsTree: string;
  /** Commands of busybox that make the network, before `argv` is run in it: `tunctl -t tap0`. */
  readonly setUp: readonly string[];
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface PrivateNetwork extends RunningService {
  /** Whose network namespace it is. */
  readonly pid: number;
}

/** Runs `argv` on this machine in a network namespace of its own, which lasts as long as it does. It dies with us. */
export function startInPrivateNetwork(options: PrivateNetworkOptions): PrivateNetwork {
  const { toolsTree, setUp, argv, env } = options;
  const tool = (name: string): string[] => loaderArgv(toolsTree, name);
  const busybox = join(toolsTree, 'usr/bin/busybox');
  const script = [...setUp.map((command) => `"$0" ${command} || exit`), 'exec "$@"'].join('\n');
  const [command = '', ...rest] = [
    ...[...tool('usr/bin/setpriv'), '--pdeathsig', 'KILL', '--'],
    // No fork: all of them, one after the other, are one process, whose namespace others can enter.
    ...[...tool('usr/bin/unshare'), '--net', '--', busybox, 'sh', '-c', script, busybox, ...argv],
  ];
  const child = spawn(command, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  return { ...followService(child, options.onLine), pid: child.pid ?? -1 };
}

function noNamespace(name: string): LivewrightError {
  return new LivewrightError('OPTION_VALUE', {
    message: `There is no network namespace "${name}"; expected a name of ${directory}.`,
    hint: '`ip netns list` shows them, `ip netns add NAME` makes one.',
    data: { name },
  });
}
