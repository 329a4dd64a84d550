import { readFile } from 'node:fs/promises';
import type { ResultOf, Step } from '../engine/step.ts';
import { hostsWhileBuilding, type LentFiles } from '../rootfs/buildTime.ts';
import type { Bind } from '../sandbox/types.ts';
import type { Store } from '../store/types.ts';
import { type AptFiles, lendAptFiles } from './aptFiles.ts';
import { listFiles } from './aptSimulation.ts';
import type { HookNetwork } from './hook.ts';
import type { IndexResult } from './indexResult.ts';
import { type LocalRepository, lendLocalPackages } from './localPackages.ts';

/** The part of the outside world that hooks may use, as in live-build; what comes from it is in no key. */
export interface OutsideWorld {
  readonly sourcesList: string;
  readonly aptFiles: AptFiles;
  readonly sources: IndexResult['sources'];
  readonly local?: LocalRepository;
  /** Archives that are directories of this machine. */
  readonly binds: readonly Bind[];
}

export function worldNeeds({ index, localPackages }: HookNetwork): Step[] {
  return [index, ...(localPackages ? [localPackages] : [])];
}

export function outsideWorld(network: HookNetwork, resultOf: ResultOf): OutsideWorld {
  const { index, localPackages, sourcesList, aptFiles, directories } = network;
  return {
    sourcesList,
    aptFiles,
    binds: directories.map((path) => ({ source: path, target: path })),
    sources: resultOf(index).sources,
    ...(localPackages && { local: resultOf(localPackages) }),
  };
}

/** Name resolution as on the host, and apt with sources and fresh lists, lent to the root for one step. */
export async function lendNetwork(store: Store, outside: OutsideWorld): Promise<LentFiles> {
  const { sourcesList, sources, local, aptFiles, binds } = outside;
  const lists = await Promise.all(
    [...(local ? [local.source] : []), ...sources].flatMap(listFiles).map(async ({ name, file }) => {
      return [`/var/lib/apt/lists/${name}`, { source: await store.blobPath(file) }] as const;
    }),
  );
  return {
    ...(await hostNames()),
    '/etc/apt/sources.list': { content: sourcesList },
    ...Object.fromEntries(binds.map(({ target }) => [target, 'directory' as const])),
    ...lendAptFiles(aptFiles),
    ...(local && (await lendLocalPackages(local, store))),
    ...Object.fromEntries(lists),
  };
}

/** Name resolution as on this machine. */
export async function hostNames(): Promise<LentFiles> {
  const readHost = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  return {
    '/etc/resolv.conf': { content: await readHost('/etc/resolv.conf') },
    '/etc/hosts': { content: `${hostsWhileBuilding}${await readHost('/etc/hosts')}` },
  };
}

/** The proxy variables of the caller, which hooks need to reach the network. */
export function proxyVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
