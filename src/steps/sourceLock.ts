import { readFile } from 'node:fs/promises';
import { SourceLists, type SourcePackage } from '../debian/sources.ts';
import { compareVersions } from '../debian/version.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { readInLayers, readLayers } from '../rootfs/find.ts';
import type { TreeRef } from '../store/types.ts';
import type { IndexResult } from './indexResult.ts';
import { readStanzas } from './resolve.ts';
import type { SourceIndex } from './sourceIndex.ts';
import { fieldOf, type Stanzas } from './stanzas.ts';

/** The source packages of an image. */
export type SourceLock = {
  readonly packages: readonly SourcePackage[];
  /** Binary packages whose sources no archive has: name, version. */
  readonly missing: readonly string[];
};

export interface SourceLockOptions {
  readonly index: Step<IndexResult>;
  readonly sourceIndex: Step<SourceIndex>;
  /** The layers of the root. */
  readonly layers: readonly Step<TreeRef>[];
  /** Names of packages that made the image and are not in it: boot loaders and the like. */
  readonly also: readonly string[];
}

/** Which source packages belong to the packages of the root, each in exactly the version it was made of. */
export function sourceLockStep({ index, sourceIndex, layers, also }: SourceLockOptions): Step<SourceLock> {
  return defineStep({
    name: 'source-lock',
    title: 'source packages',
    version: 1,
    needs: [index, sourceIndex, ...layers],
    inputs: (resultOf) => ({
      sources: resultOf(index).sources,
      lists: resultOf(sourceIndex).lists,
      layers: layers.map((layer) => resultOf(layer)),
      also,
    }),
    run: async (inputs, { store }) => {
      const lists = new SourceLists();
      for (const { uri, sources } of inputs.lists)
        lists.add(await readFile(await store.blobPath(sources), 'utf8'), uri);
      const status = (await readInLayers(await readLayers(store, inputs.layers), 'var/lib/dpkg/status')) ?? '';
      const installed = status.split('\n\n').filter((text) => /^Status: \S+ ok installed$/m.test(text));
      const stanzas = await readStanzas(store, inputs.sources);
      return findSources([...installed, ...candidates(stanzas, inputs.also)], lists);
    },
  });
}

/** The newest version of each package that an archive has. */
function candidates(stanzas: Stanzas, names: readonly string[]): string[] {
  const version = (text: string): string => fieldOf(text, 'Version');
  const newest = names.map((name) =>
    stanzas
      .named(name)
      .toSorted((a, b) => compareVersions(version(a), version(b)))
      .at(-1),
  );
  return newest.filter((text) => text !== undefined);
}

/** `binaries`: paragraphs of a dpkg status file or of a Packages list. */
export function findSources(binaries: readonly string[], lists: SourceLists): SourceLock {
  const packages = new Map<string, SourcePackage>();
  const missing = new Set<string>();
  for (const binary of binaries) {
    const [name, version] = [fieldOf(binary, 'Package'), fieldOf(binary, 'Version')];
    // `Source: NAME (VERSION)`: each is there only where it is not the binary's own.
    const [, source = name, sourceVersion = version] = /^(\S+)(?: \((.+)\))?$/.exec(fieldOf(binary, 'Source')) ?? [];
    const found = lists.find(source, sourceVersion);
    if (found === undefined) missing.add(`${name} ${version}`);
    else packages.set(`${source} ${sourceVersion}`, found);
  }
  const sorted = [...packages].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
  return { packages: sorted, missing: [...missing].toSorted() };
}
