import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';

/**
 * A network of our own, in two network namespaces:
 *
 * ```
 * server   br0 192.168.77.1/24 ── tap0   for a virtual machine
 *           └──────────────────── eth0 of the client
 * ```
 */
export interface Lab {
  readonly server: string;
  readonly client: string;
  /** Runs a program of this machine in the namespace and gives its output. */
  run(namespace: string, argv: readonly string[], options?: ExecFileSyncOptions): string;
  remove(): void;
}

export const serverAddress = '192.168.77.1';

export function makeLab(): Lab {
  const server = `lw-server-${process.pid}`;
  const client = `lw-client-${process.pid}`;
  const ip = (words: string) => void execFileSync('ip', words.split(' '), { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const name of [server, client]) ip(`netns add ${name}`);
  ip(`-n ${server} link set lo up`);
  ip(`-n ${client} link set lo up`);
  ip(`-n ${server} link add br0 type bridge`);
  ip(`-n ${server} address add ${serverAddress}/24 dev br0`);
  ip(`-n ${server} link set br0 up`);
  ip(`-n ${server} link add veth0 type veth peer name eth0 netns ${client}`);
  ip(`-n ${server} link set veth0 master br0 up`);
  ip(`-n ${client} link set eth0 up`);
  ip(`-n ${server} tuntap add tap0 mode tap`);
  ip(`-n ${server} link set tap0 master br0 up`);
  return {
    server,
    client,
    run: (namespace, [program = '', ...args], options = {}) =>
      String(execFileSync('ip', ['netns', 'exec', namespace, program, ...args], { encoding: 'utf8', ...options })),
    remove: () => {
      for (const name of [server, client]) ip(`netns delete ${name}`);
    },
  };
}
