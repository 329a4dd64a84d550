import type { Store } from '../store/types.ts';
import type { Simulated } from './aptSimulation.ts';
import type { LockedPackage, LockSlice } from './lock.ts';
import { fieldOf, type Stanzas } from './stanzas.ts';

/** Names of packages that somebody asked for; the others came because something depends on them. */
export type Manual = 'all' | ReadonlySet<string>;

export interface SliceMaking {
  readonly name: string;
  readonly foreign: readonly string[];
  readonly simulated: Simulated;
  readonly stanzas: Stanzas;
  readonly store: Store;
  readonly manual: Manual;
}

/** Writes down what apt would install, and gives what dpkg will say of it, by name and architecture. */
export async function lockSlice(
  making: SliceMaking,
): Promise<{ slice: LockSlice; status: (readonly [string, string])[] }> {
  const { name, simulated, stanzas, store, manual } = making;
  const found = simulated.installed
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((item) => {
      const stanza = stanzas.find(item.name, item.version, item.architecture);
      // apt says [all] or the native architecture; both name the stanza's own Architecture field.
      if (stanza === undefined) throw new Error(`apt chose ${item.name} ${item.version}, which no index has`);
      return { stanza, automatic: manual !== 'all' && !manual.has(item.name) };
    });
  const packages = found.map(({ stanza, automatic }) => lockedPackage(stanza, automatic));
  const text = found.map(({ stanza }) => `${stanza.replace(/^X-Base: .*\n/m, '')}\n`).join('');
  const status = found.map(
    ({ stanza }) =>
      [
        `${fieldOf(stanza, 'Package')}:${fieldOf(stanza, 'Architecture')}`,
        `${stanza}Status: install ok installed\n\n`,
      ] as const,
  );
  const foreign = making.foreign.filter((wanted) => packages.some(({ architecture }) => architecture === wanted));
  const slice = { name, packages, removed: simulated.removed, index: await store.putBytes(text) };
  return { slice: foreign.length > 0 ? { ...slice, foreign } : slice, status };
}

export function lockedPackage(stanza: string, automatic: boolean): LockedPackage {
  return {
    name: fieldOf(stanza, 'Package'),
    version: fieldOf(stanza, 'Version'),
    architecture: fieldOf(stanza, 'Architecture'),
    sha256: fieldOf(stanza, 'SHA256'),
    sizeBytes: Number(fieldOf(stanza, 'Size')),
    url: `${fieldOf(stanza, 'X-Base').replace(/\/+$/, '')}/${fieldOf(stanza, 'Filename')}`,
    automatic,
  };
}
