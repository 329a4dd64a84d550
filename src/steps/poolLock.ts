import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import type { TreeRef } from '../store/types.ts';
import { openApt } from './aptSimulation.ts';
import type { IndexResult } from './indexResult.ts';
import type { ListOutputs } from './listCommands.ts';
import type { LocalRepository } from './localPackages.ts';
import { findStanza, lockedPackage } from './lockSlice.ts';
import { installerInputs, type PoolForInstaller, packagesForInstaller } from './poolForInstaller.ts';
import { readStanzas } from './resolve.ts';
import { fieldOf } from './stanzas.ts';
import { checkWishes, type Wish } from './wishes.ts';
import { openSandbox } from './workshop.ts';

/** A package on the medium, and what its place there follows from. */
export type PoolPackage = Omit<ReturnType<typeof lockedPackage>, 'automatic'> & {
  readonly source: string;
  readonly section: string;
  /** It is there for the installer; `firmware`: as what hardware may need while the installer runs. */
  readonly use?: 'installer' | 'firmware';
};

export interface PoolLockOptions {
  /** `pool-lock` unless said otherwise. */
  readonly name?: string;
  readonly architecture: string;
  readonly foreign: readonly string[];
  readonly tools: Step<TreeRef>;
  readonly index: Step<IndexResult>;
  readonly localPackages?: Step<LocalRepository>;
  readonly outputs?: Step<ListOutputs>;
  readonly aptFiles: Readonly<Record<string, string>>;
  readonly aptOptions: readonly string[];
  readonly recommends: boolean;
  /** The wishes of each list. */
  readonly lists: (outputs: ListOutputs) => readonly (readonly Wish[])[];
  readonly installer?: PoolForInstaller;
}

/**
 * The packages of lists for the medium, with all that they need as if nothing were installed. Each list is by itself, so
 * that two of them may name packages that exclude each other (live-build's binary_package-lists). And what an installer
 * on the medium may need.
 */
export function poolLockStep(options: PoolLockOptions): Step<readonly PoolPackage[]> {
  const { name, tools, index, localPackages, architecture, foreign, recommends, installer } = options;
  const needs = [localPackages, options.outputs, installer?.lock, installer?.firmware];
  let outputs: ListOutputs = {};
  return defineStep({
    name: name ?? 'pool-lock',
    title: 'packages for the medium',
    kind: 'pool-lock',
    version: 2,
    needs: [tools, index, ...needs.filter((step) => step !== undefined)],
    inputs: (resultOf) => {
      outputs = options.outputs ? resultOf(options.outputs) : {};
      const lists = options.lists(outputs).map((wishes) => wishes.map(({ spec }) => spec));
      return {
        tools: resultOf(tools),
        sources: [...(localPackages ? [resultOf(localPackages).source] : []), ...resultOf(index).sources],
        ...{ architecture, foreign, recommends, files: options.aptFiles, options: options.aptOptions, lists },
        ...(installer && { installer: installerInputs(installer, resultOf) }),
      };
    },
    run: async (inputs, context) => {
      const stanzas = await readStanzas(context.store, inputs.sources);
      checkWishes(options.lists(outputs).flat(), stanzas, [architecture, ...inputs.foreign]);
      const sandbox = await openSandbox(context.store, inputs.tools);
      const directory = join(context.scratch, 'apt');
      const log = (line: string): void => context.log(line);
      const apt = await openApt({ ...inputs, store: context.store, sandbox, directory, log });
      const found = new Map<string, PoolPackage>();
      const keep = (items: readonly PoolPackage[]): void => {
        for (const item of items) found.set(keyOf(item), item);
      };
      if (inputs.installer) keep(await packagesForInstaller({ ...inputs.installer, architecture, stanzas, apt, log }));
      for (const specs of inputs.lists.filter((list) => list.length > 0)) {
        const request = { specs, installed: '', recommends: inputs.recommends };
        const { installed } = await apt.simulate(request);
        for (const item of installed.filter((one) => !found.has(keyOf(one)))) {
          keep([poolPackage(await findStanza(item, { stanzas, urls: () => apt.urls(request) }))]);
        }
      }
      return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
    },
  });
}

export type Chosen = { readonly name: string; readonly version: string; readonly architecture: string };

export const keyOf = ({ name, version, architecture }: Chosen): string => `${name} ${version} ${architecture}`;

/** What its index says of a package. */
export function poolPackage(stanza: string): PoolPackage {
  const { automatic: _, ...locked } = lockedPackage(stanza, false);
  // `Source: NAME (VERSION)`; absent where it is the package's own.
  const source = fieldOf(stanza, 'Source').split(' ')[0] || locked.name;
  return { ...locked, source, section: fieldOf(stanza, 'Section') };
}
