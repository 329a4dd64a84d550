import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { openApt } from './aptSimulation.ts';
import { chooseBase } from './baseSet.ts';
import type { Firmware } from './firmware.ts';
import type { IndexResult } from './indexResult.ts';
import type { ListOutputs } from './listCommands.ts';
import { type LocalRepository, localPin } from './localPackages.ts';
import type { Lock } from './lock.ts';
import { lockPackages } from './lockPackages.ts';
import { fieldOf, Stanzas } from './stanzas.ts';
import { checkWishes, isUnknown, type Wish } from './wishes.ts';
import { openSandbox } from './workshop.ts';

export type BootstrapWishes = {
  /** `standard`: required and important packages; `minbase`: required ones and apt (debootstrap(8), --variant). */
  readonly variant: 'standard' | 'minbase';
  readonly include: readonly string[];
  readonly exclude: readonly string[];
};

export interface ResolveOptions {
  /** Default: `resolve`. */
  readonly name?: string;
  readonly architecture: string;
  readonly tools: Step<TreeRef>;
  readonly index: Step<IndexResult>;
  readonly bootstrap: BootstrapWishes;
  readonly recommends: boolean;
  /** Firmware packages to install besides, where they are wanted. */
  readonly firmware?: Step<Firmware>;
  readonly localPackages?: Step<LocalRepository>;
  /** Local packages may be chosen, but are not all installed. */
  readonly onlyWishes?: true;
  /** What the user has in /etc/apt while packages are chosen: path below it -> text. */
  readonly aptFiles: Readonly<Record<string, string>>;
  /** Words for apt's command line (`--apt-options`). */
  readonly aptOptions: readonly string[];
  /** A wish that no archive fulfils is left out with a word, as aptitude does. */
  readonly leavesOutUnknown?: true;
  /** Architectures of packages besides the image's own (`NAME:ARCH`); their indices are among the index's. */
  readonly foreign: readonly string[];
  /** What commands in package lists say, where there are any. */
  readonly outputs?: Step<ListOutputs>;
  readonly wishes: (outputs: ListOutputs) => Promise<Wishes>;
}

/** live-build's two passes: what the image has, list by list, and what an installer takes away again. */
export interface Wishes {
  /** Never empty; each becomes a slice of its name. */
  readonly install: readonly { readonly name: string; readonly wishes: readonly Wish[] }[];
  readonly live: readonly Wish[];
}

/** The slice of local packages, behind the lists that may ask for some of them. */
export const LOCAL_SLICE = 'local';

/** The whole package set, by the real apt, on verified indices; nothing is unpacked yet. */
export function resolveStep(options: ResolveOptions): Step<Lock> {
  const { architecture, index, recommends, aptOptions } = options;
  let outputs: ListOutputs = {};
  return defineStep({
    name: options.name ?? 'resolve',
    kind: 'resolve',
    title: 'package set',
    version: 5,
    needs: [options.tools, index, ...needsOf(options)],
    inputs: async (resultOf) => {
      outputs = options.outputs ? resultOf(options.outputs) : {};
      const { install, live } = await options.wishes(outputs);
      const local = options.localPackages ? resultOf(options.localPackages) : undefined;
      return {
        tools: resultOf(options.tools),
        architecture,
        main: resultOf(index).sources.slice(0, 1),
        // live-build has the local packages in sources.list.d, and moves all of sources.list behind them.
        sources: [...(local ? [local.source] : []), ...resultOf(index).sources],
        bootstrap: options.bootstrap,
        recommends,
        foreign: options.foreign,
        files: { ...options.aptFiles, ...(local && { 'preferences.d/livewright-packages.pref': localPin }) },
        options: aptOptions,
        leavesOutUnknown: options.leavesOutUnknown ?? false,
        wantsFirmware: options.firmware !== undefined,
        install: [
          ...install.map(({ name, wishes }, at) => ({
            name,
            specs: [...specsOf(wishes), ...(at === 0 && options.firmware ? resultOf(options.firmware).names : [])],
          })),
          ...(local && !options.onlyWishes ? [{ name: LOCAL_SLICE, specs: [...local.names] }] : []),
        ],
        live: specsOf(live),
      };
    },
    run: async (inputs, context) => {
      const stanzas = await readStanzas(context.store, inputs.sources);
      // Where a wish stands is asked anew: moving a line must not make the step run again.
      const { install, live } = await options.wishes(outputs);
      const all = [...install.flatMap(({ wishes }) => wishes), ...live];
      const unknown = inputs.leavesOutUnknown ? leaveOut(all, stanzas, context) : new Set<string>();
      const isKept = (spec: string): boolean => !unknown.has(spec);
      checkWishes(
        all.filter(({ spec }) => isKept(spec)),
        stanzas,
        [architecture, ...inputs.foreign],
      );
      // Debian's own choice of firmware, in the areas that have it: live-build asks for it besides.
      const more = inputs.wantsFirmware && stanzas.has('firmware-linux') ? ['firmware-linux'] : [];
      const chosen = {
        install: inputs.install.map(({ name, specs }, at) => ({
          name,
          specs: [...(at === 0 ? more : []), ...specs.filter(isKept)],
        })),
        live: inputs.live.filter(isKept),
      };
      const sandbox = await openSandbox(context.store, inputs.tools);
      const directory = join(context.scratch, 'apt');
      const log = (line: string): void => context.log(line);
      const apt = await openApt({ ...inputs, store: context.store, sandbox, directory, log });
      const { tools, main, sources, bootstrap, foreign, files, options: words } = inputs;
      const forBase = { tools, architecture, main, sources, bootstrap, foreign, files, words };
      const names = async () => bootstrapNames(await readStanzas(context.store, ownOf(inputs)), inputs.bootstrap);
      const base = await chooseBase(context, { inputs: forBase, apt, names });
      return lockPackages({ ...inputs, ...chosen, apt, stanzas, context, base });
    },
  });
}

const needsOf = ({ firmware, localPackages, outputs }: ResolveOptions): Step[] =>
  [firmware, localPackages, outputs].filter((step) => step !== undefined);

/** Says which wishes nobody can fulfil. */
function leaveOut(wishes: readonly Wish[], stanzas: Stanzas, context: StepContext): ReadonlySet<string> {
  const unknown = wishes.filter((wish) => isUnknown(wish, stanzas));
  for (const { spec, place } of unknown) {
    context.note(`The package "${spec}"${place ? ` (${place.path})` : ''} is in no archive and is left out.`);
  }
  return new Set(unknown.map(({ spec }) => spec));
}

const specsOf = (wishes: readonly Wish[]): string[] => wishes.map(({ spec }) => spec);

export async function readStanzas(store: Store, sources: IndexResult['sources']): Promise<Stanzas> {
  const stanzas = new Stanzas();
  for (const { uri, components } of sources) {
    for (const { packages } of components) {
      stanzas.add(await readFile(await store.blobPath(packages), 'utf8'), `X-Base: ${uri}\n`);
    }
  }
  return stanzas;
}

/** The main suite's packages for the image's own architecture. */
function ownOf({ main, foreign }: { readonly main: IndexResult['sources']; readonly foreign: readonly string[] }) {
  return main.map((source) => ({
    ...source,
    components: source.components.filter(({ architecture }) => !foreign.includes(architecture)),
  }));
}

/** As debootstrap: by the priorities of the main suite; other archives may have any they like. */
function bootstrapNames(stanzas: Stanzas, { variant, include, exclude }: BootstrapWishes) {
  const required = new Set<string>();
  const important = new Set<string>();
  for (const stanza of stanzas.all()) {
    const name = fieldOf(stanza, 'Package');
    const priority = fieldOf(stanza, 'Priority');
    const isRequired = fieldOf(stanza, 'Essential') === 'yes' || priority === 'required';
    if (isRequired) required.add(name);
    if (isRequired && asksForMergedUsr(stanza)) required.add('usr-is-merged');
    if (priority === 'important' && variant === 'standard') important.add(name);
  }
  const wanted = (names: Iterable<string>): string[] => [...names].filter((name) => !exclude.includes(name)).toSorted();
  return { core: wanted(required), all: wanted(new Set([...required, ...important, 'apt', ...include])) };
}

/** Debian 12 alone: of the two packages that will do, debootstrap takes the empty one, as there is nothing to convert. */
export function asksForMergedUsr(stanza: string): boolean {
  return /\busrmerge\s*\|\s*usr-is-merged\b/.test(`${fieldOf(stanza, 'Pre-Depends')},${fieldOf(stanza, 'Depends')}`);
}
