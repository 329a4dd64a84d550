import { readFile } from 'node:fs/promises';
import type { LentFiles } from '../rootfs/buildTime.ts';
import type { Store } from '../store/types.ts';
import { listFiles } from './aptSimulation.ts';
import type { IndexResult } from './indexResult.ts';

/** The part of the outside world that hooks may use, as in live-build; what comes from it is in no key. */
export interface OutsideWorld {
  readonly sourcesList: string;
  readonly sources: IndexResult['sources'];
}

/** Name resolution as on the host, and apt with sources and fresh lists, lent to the root for one step. */
export async function lendNetwork(store: Store, { sourcesList, sources }: OutsideWorld): Promise<LentFiles> {
  const lists = await Promise.all(
    sources.flatMap(listFiles).map(async ({ name, file }) => {
      return [`/var/lib/apt/lists/${name}`, { source: await store.blobPath(file) }] as const;
    }),
  );
  return {
    ...(await hostNames()),
    '/etc/apt/sources.list': { content: sourcesList },
    ...Object.fromEntries(lists),
  };
}

/** Name resolution as on this machine. */
export async function hostNames(): Promise<LentFiles> {
  const readHost = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  return {
    '/etc/resolv.conf': { content: await readHost('/etc/resolv.conf') },
    '/etc/hosts': { content: `127.0.0.1 localhost\n127.0.1.1 debian\n${await readHost('/etc/hosts')}` },
  };
}

/** The proxy variables of the caller, which hooks need to reach the network. */
export function proxyVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
