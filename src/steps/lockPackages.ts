import type { StepContext } from '../engine/step.ts';
import type { AptSimulation, Simulated } from './aptSimulation.ts';
import type { BaseSet } from './baseSet.ts';
import { divideSet, type WishGroup } from './divideSet.ts';
import type { Lock, LockSlice } from './lock.ts';
import { lockSlice, type Manual } from './lockSlice.ts';
import type { Stanzas } from './stanzas.ts';
import { wishName } from './wishes.ts';

export interface Locking {
  readonly apt: AptSimulation;
  readonly stanzas: Stanzas;
  readonly context: StepContext;
  readonly architecture: string;
  readonly foreign: readonly string[];
  readonly base: BaseSet;
  readonly recommends: boolean;
  readonly install: readonly WishGroup[];
  readonly live: readonly string[];
}

/** Asks apt slice by slice, and writes down what it says. */
export async function lockPackages(locking: Locking): Promise<Lock> {
  const { apt, stanzas, base, recommends, install, live } = locking;
  const locker = openLock(locking);
  const bootstrap = { installed: base.installed, removed: [], selected: [] };
  const specs = base.installed.map(({ name }) => name);
  const urls = () => apt.urls({ specs, installed: '', recommends: 'never' });
  await locker.add({ name: 'bootstrap', simulated: bootstrap, manual: 'all', urls });

  const wished = new Set<string>();
  const addWished = async (groups: readonly WishGroup[], chosen: Chosen): Promise<void> => {
    const isInstalled = locker.isInstalled();
    const sets = divideSet({ chosen, groups, stanzas, isInstalled, recommends });
    for (const [at, { name, specs }] of groups.entries()) {
      for (const spec of specs) wished.add(wishName(spec, (candidate) => stanzas.has(candidate)));
      const removed = at === 0 ? chosen.removed : [];
      const simulated = { installed: sets[at] ?? [], removed, selected: chosen.selected };
      await locker.add({ name, simulated, manual: new Set([...wished, ...chosen.selected]), urls: chosen.urls });
    }
  };
  // In one go, as live-build does: what is chosen for one list depends on the others.
  const all = install.flatMap(({ specs }) => specs);
  await addWished(install, await locker.choose(all, recommends));
  await addWished([{ name: 'live', specs: live }], await locker.choose(live, recommends));
  return { essential: base.essential, slices: locker.slices };
}

interface Chosen extends Simulated {
  /** See `SliceMaking`. */
  readonly urls: () => Promise<ReadonlySet<string>>;
}

interface SliceToAdd extends Pick<Chosen, 'urls'> {
  readonly name: string;
  readonly simulated: Simulated;
  readonly manual: Manual;
}

/** Adds slice to slice and knows what is installed by then. */
function openLock(locking: Locking) {
  const { apt, context } = locking;
  const slices: LockSlice[] = [];
  // What dpkg would say is installed, by name and architecture.
  const installed = new Map<string, string>();
  const choose = async (specs: readonly string[], recommends: boolean): Promise<Chosen> => {
    const request = { specs, installed: [...installed.values()].join(''), recommends };
    let asked: Promise<ReadonlySet<string>> | undefined;
    const urls = (): Promise<ReadonlySet<string>> => {
      asked ??= apt.urls(request);
      return asked;
    };
    if (specs.length === 0) return { installed: [], removed: [], selected: [], urls };
    return { ...(await apt.simulate(request)), urls };
  };
  const add = async (adding: SliceToAdd): Promise<void> => {
    const { slice, status } = await lockSlice({ ...locking, ...adding, store: context.store });
    slices.push(withManual(slice, slices, adding.manual));
    for (const removed of adding.simulated.removed) {
      for (const key of keysOf(removed, locking)) installed.delete(key);
    }
    for (const [key, paragraph] of status) {
      // A new version may have gone from the image's architecture to `all`, or back.
      const own = keysOf(key.slice(0, key.indexOf(':')), locking);
      for (const other of own.includes(key) ? own : []) installed.delete(other);
      installed.set(key, paragraph);
    }
  };
  const isInstalled = (): ((name: string) => boolean) => {
    const names = new Set([...installed.keys()].map((key) => key.slice(0, key.indexOf(':'))));
    return (name) => names.has(name);
  };
  return { slices, choose, add, isInstalled };
}

/** Packages of earlier slices that nobody had asked for until now. */
function withManual(slice: LockSlice, earlier: readonly LockSlice[], wished: Manual): LockSlice {
  if (wished === 'all') return slice;
  const known = new Set(earlier.flatMap(({ manual = [] }) => manual));
  const manual = earlier
    .flatMap(({ packages }) => packages)
    .filter(({ name, automatic }) => automatic && wished.has(name))
    .map(({ name, architecture }) => `${name}:${architecture}`)
    .filter((name) => !known.has(name));
  return manual.length > 0 ? { ...slice, manual } : slice;
}

/** apt names the image's own architecture only where it must; `all` stands under its own name. */
function keysOf(name: string, { architecture }: Pick<Locking, 'architecture'>): string[] {
  return name.includes(':') ? [name] : [`${name}:${architecture}`, `${name}:all`];
}
