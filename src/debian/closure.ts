import { nearest } from '../config/nearest.ts';
import { LivewrightError } from '../errors.ts';
import type { Package, PackageIndex } from './packages.ts';
import {
  type Alternative,
  appliesTo,
  formatRelation,
  isSatisfiedBy,
  parseRelations,
  type Relation,
} from './relation.ts';

export interface ClosureOptions {
  /** Names taken as satisfied and left out, with what only they need. */
  readonly exclude?: ReadonlySet<string>;
  /** The named packages by themselves. */
  readonly only?: boolean;
}

/**
 * The named packages and everything they depend on (Depends, Pre-Depends), sorted by name. Deterministic and simple:
 * candidates only; of alternatives, one that is already chosen, else the first that can be had; no Recommends, no
 * conflicts. Meant for tools trees, which nothing configures; a target's packages are resolved by apt.
 *
 * Throws PACKAGE_NOT_FOUND for an unknown name and UNSATISFIABLE with the chain that led to a relation nobody fulfils.
 */
export function closePackages(
  index: PackageIndex,
  names: readonly string[],
  options: ClosureOptions = {},
): readonly Package[] {
  const exclude = options.exclude ?? new Set<string>();
  const chosen = new Map<string, Chosen>();
  const queue: Chosen[] = [];

  function choose(found: Package, parent: Chosen | undefined): void {
    if (chosen.has(found.name)) return;
    const entry = { package: found, parent };
    chosen.set(found.name, entry);
    queue.push(entry);
  }

  for (const name of names) choose(index.candidate(name) ?? refuseUnknown(index, name), undefined);
  if (options.only) queue.length = 0;
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    const { preDepends, depends, architecture } = entry.package;
    for (const relation of parseRelations([preDepends, depends].filter(Boolean).join(', '))) {
      const alternatives = relation.filter((alternative) => appliesTo(alternative, architecture));
      if (alternatives.some(({ name }) => exclude.has(name))) continue;
      if (alternatives.some((alternative) => isChosen(alternative, chosen, index))) continue;
      const found = alternatives.map((alternative) => fulfil(alternative, index)).find((one) => one !== undefined);
      choose(found ?? refuseUnsatisfiable(relation, entry), entry);
    }
  }
  return [...chosen.values()].map((entry) => entry.package).sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Chosen {
  readonly package: Package;
  readonly parent: Chosen | undefined;
}

function isChosen(alternative: Alternative, chosen: ReadonlyMap<string, Chosen>, index: PackageIndex): boolean {
  const own = chosen.get(alternative.name)?.package;
  if (own !== undefined && isSatisfiedBy(alternative, own.version)) return true;
  return providersFor(alternative, index).some((provider) => chosen.has(provider.name));
}

function fulfil(alternative: Alternative, index: PackageIndex): Package | undefined {
  const own = index.candidate(alternative.name);
  if (own !== undefined && isSatisfiedBy(alternative, own.version)) return own;
  return providersFor(alternative, index)[0];
}

/** An unversioned Provides does not satisfy a versioned relation (Policy 7.5). */
function providersFor(alternative: Alternative, index: PackageIndex): readonly Package[] {
  return index
    .providers(alternative.name)
    .filter(({ version }) =>
      version === undefined ? alternative.version === undefined : isSatisfiedBy(alternative, version),
    )
    .map((provider) => provider.package);
}

function refuseUnknown(index: PackageIndex, name: string): never {
  const near = nearest(name, index.names());
  throw new LivewrightError('PACKAGE_NOT_FOUND', {
    message: `The package "${name}" is not in the archive.`,
    hint: near === undefined ? 'Check its name, the suite and the archive areas.' : `Did you mean "${near}"?`,
    data: { name, ...(near !== undefined && { nearest: near }) },
  });
}

function refuseUnsatisfiable(relation: Relation, entry: Chosen): never {
  const chain: string[] = [];
  for (let at: Chosen | undefined = entry; at !== undefined; at = at.parent) chain.unshift(at.package.name);
  throw new LivewrightError('UNSATISFIABLE', {
    message: `${chain.join(' -> ')} needs "${formatRelation(relation)}", which the archive does not have.`,
    hint: 'The mirror may be in the middle of an update: try again in a while, or name another mirror.',
    data: { chain, relation: formatRelation(relation) },
  });
}
