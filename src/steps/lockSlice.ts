import type { Store } from '../store/types.ts';
import { type Simulated, unquoteUrl } from './aptSimulation.ts';
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
  /** What apt would fetch; asked only where a version is that of several files. */
  readonly urls: () => Promise<ReadonlySet<string>>;
}

/** Writes down what apt would install, and gives what dpkg will say of it, by name and architecture. */
export async function lockSlice(
  making: SliceMaking,
): Promise<{ slice: LockSlice; status: (readonly [string, string])[] }> {
  const { name, simulated, store, manual } = making;
  const found: { readonly stanza: string; readonly automatic: boolean }[] = [];
  for (const item of simulated.installed.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    found.push({ stanza: await findStanza(item, making), automatic: manual !== 'all' && !manual.has(item.name) });
  }
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

/** What the index says of a package that apt chose. */
export async function findStanza(
  { name, version, architecture }: Simulated['installed'][number],
  { stanzas, urls }: Pick<SliceMaking, 'stanzas' | 'urls'>,
): Promise<string> {
  // apt says [all] or the native architecture; both name the stanza's own Architecture field.
  const all = stanzas.findAll(name, version, architecture);
  const [first] = all;
  if (first === undefined) throw new Error(`apt chose ${name} ${version}, which no index has`);
  if (all.every((stanza) => fieldOf(stanza, 'SHA256') === fieldOf(first, 'SHA256'))) return first;
  const taken = await urls();
  return all.find((stanza) => taken.has(unquoteUrl(urlOf(stanza)))) ?? first;
}

export function lockedPackage(stanza: string, automatic: boolean): LockedPackage {
  return {
    name: fieldOf(stanza, 'Package'),
    version: fieldOf(stanza, 'Version'),
    architecture: fieldOf(stanza, 'Architecture'),
    sha256: fieldOf(stanza, 'SHA256'),
    sizeBytes: Number(fieldOf(stanza, 'Size')),
    url: urlOf(stanza),
    automatic,
  };
}

function urlOf(stanza: string): string {
  return `${fieldOf(stanza, 'X-Base').replace(/\/+$/, '')}/${fieldOf(stanza, 'Filename')}`;
}
