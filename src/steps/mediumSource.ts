import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptListFileName } from '../debian/aptNames.ts';
import type { Step } from '../engine/step.ts';
import { orIfAbsent } from '../errors.ts';
import type { Store, TreeRef } from '../store/types.ts';
import type { WrittenFile } from './aptSources.ts';

/** Packages on the medium that the running live system may install: those that an installer needs. */
export interface MediumSource {
  readonly pool: Step<TreeRef>;
  readonly suite: string;
  readonly areas: readonly string[];
  readonly architecture: string;
}

/** Where live-boot mounts the medium. */
const MEDIUM = 'file:/run/live/medium';

/** Nobody signs the lists of the medium, which comes from where the system comes from. */
export function mediumSourceLine({ suite, areas }: Omit<MediumSource, 'pool'>): string {
  return `deb [trusted=yes] ${MEDIUM} ${suite} ${areas.join(' ')}\n`;
}

/** apt's lists of those packages, so that it finds them before its first update. */
export async function mediumLists(
  { suite, areas, architecture }: Omit<MediumSource, 'pool'>,
  pool: TreeRef,
  store: Store,
): Promise<WrittenFile[]> {
  const directory = await store.treePath(pool);
  const paths = [
    `dists/${suite}/Release`,
    ...areas.map((area) => `dists/${suite}/${area}/binary-${architecture}/Packages`),
  ];
  const found = paths.map(async (path): Promise<WrittenFile | undefined> => {
    const content = await orIfAbsent(readFile(join(directory, path)), undefined);
    if (content === undefined || content.length === 0) return undefined;
    return { path: `/var/lib/apt/lists/${aptListFileName(MEDIUM, path)}`, content, mode: 0o644 };
  });
  return (await Promise.all(found)).filter((file) => file !== undefined);
}
