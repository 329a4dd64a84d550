import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../engine/step.ts';
import type { Witness } from '../engine/witness.ts';
import { readInterpreter } from '../rootfs/interpreter.ts';
import { layerPaths } from '../rootfs/layer.ts';
import { type LoaderCache, loadsAlike, readLoaderCache } from '../rootfs/loaderCache.ts';
import { parseManifest } from '../rootfs/manifest.ts';
import type { MergedNode } from '../rootfs/mergedTree.ts';
import { observe, resolveIn } from '../rootfs/observe.ts';
import { readStack } from '../rootfs/stack.ts';
import { addLook, type LookKind, type Looks } from '../sandbox/trace/looks.ts';
import type { BlobRef, Json, Store, TreeRef } from '../store/types.ts';

/** What a cache of the loader had. */
type LoaderRows = readonly [string, readonly string[]][];

/** Inputs of a step that works on layers. */
type OnLayers = { readonly below: readonly TreeRef[] };

/**
 * Of the layers below, only what the step's programs looked at matters to its result; of the other inputs everything does.
 */
export const layersWitness: Witness = {
  fixed: (inputs) => {
    const { below: _, ...fixed } = inputs as { readonly [name: string]: Json };
    return fixed;
  },
  difference: async (inputs, seen, store) => {
    const { below } = inputs as unknown as OnLayers;
    const tree = await readStack(store, below);
    return changedLook(tree, seen, store, async (path) => loaderCacheOf(path, tree, await layerPaths(store, below)));
  },
};

type ReadCache = (path: string) => Promise<LoaderCache | undefined>;

/** The first of the names in `seen` that does not look the same in `tree`; `readCache` reads a cache of the loader there. */
export async function changedLook(
  tree: MergedNode,
  seen: BlobRef,
  store: Store,
  readCache: ReadCache = async () => undefined,
): Promise<string | undefined> {
  const text = await readFile(await store.blobPath(seen), 'utf8');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [path, kind, sight, before] = JSON.parse(line) as [string, LookKind, string, LoaderRows | undefined];
    if (observe(tree, path, kind) === sight) continue;
    const after = before && (await readCache(path));
    if (before === undefined || after === undefined || !loadsAlike(new Map(before), after)) return path;
  }
  return undefined;
}

export interface Sight {
  readonly below: readonly TreeRef[];
  readonly looks: readonly Looks[];
  /** What came of it: what is in it was copied from below, or written into directories from below. */
  readonly layer: TreeRef;
  /** Names that the step itself looked at. */
  readonly also: readonly string[];
}

/** Writes down what a step's programs looked at, and how it looked; undefined where that cannot be known. */
export async function recordSight(context: StepContext, sight: Sight): Promise<BlobRef | undefined> {
  const { below, looks, layer, also } = sight;
  const { store } = context;
  const tree = await readStack(store, below);
  const root = looks.flatMap((look) => look.roots).find((path) => resolveIn(tree, path).node !== undefined);
  if (root !== undefined) {
    context.log(`What this step looks at stays unknown: a program has ${root} as its root.`);
    return undefined;
  }
  const kinds = new Map<string, LookKind>(also.map((path) => [path, 'names']));
  const add = (path: string, kind: LookKind): void => addLook(kinds, path, kind);
  for (const { path } of parseManifest(await store.readManifest(layer))) add(`/${path}`, 'state');
  for (const { paths } of looks) for (const [path, kind] of paths) add(path, kind);
  const started = new Set(looks.flatMap((look) => [...look.started]));
  const layers = await layerPaths(store, below);
  for (const path of await findInterpreters(started, tree, layers)) add(path, 'content');
  const loaders = [...kinds].filter(([, kind]) => kind === 'loader').map(([path]) => path);
  const caches = new Map<string, LoaderCache | undefined>();
  for (const path of loaders) caches.set(path, await loaderCacheOf(path, tree, layers));
  return writeSight(kinds, tree, store, caches);
}

/** The loader's cache as it is in the tree; undefined where there is none, or none that can be compared by its entries. */
async function loaderCacheOf(
  path: string,
  tree: MergedNode,
  layers: readonly string[],
): Promise<LoaderCache | undefined> {
  const { entry } = resolveIn(tree, path).node ?? {};
  if (entry?.type !== 'f') return undefined;
  return readLoaderCache(await readFile(join(layers[entry.layer]!, entry.path)));
}

/** Notes how each name looks in `tree`. */
export function writeSight(
  kinds: ReadonlyMap<string, LookKind>,
  tree: MergedNode,
  store: Store,
  caches: ReadonlyMap<string, LoaderCache | undefined> = new Map(),
): Promise<BlobRef> {
  const rows = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = rows.map(([path, kind]) => {
    const cache = caches.get(path);
    return `${JSON.stringify([path, kind, observe(tree, path, kind), ...(cache ? [[...cache]] : [])])}\n`;
  });
  return store.putBytes(lines.join(''));
}

/** For a program that the step itself made: its interpreter can only be guessed. */
const usualInterpreters = ['/bin/sh', '/bin/bash', '/usr/bin/env', '/usr/bin/perl', '/usr/bin/python3'];

async function findInterpreters(
  started: ReadonlySet<string>,
  tree: MergedNode,
  layers: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  const todo = [...started];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    const { entry } = resolveIn(tree, path).node ?? {};
    const known = entry?.type === 'f' ? await readInterpreter(join(layers[entry.layer]!, entry.path)) : undefined;
    for (const next of entry === undefined ? usualInterpreters : [known ?? []].flat()) {
      if (found.has(next)) continue;
      found.add(next);
      todo.push(next);
    }
  }
  return found;
}
