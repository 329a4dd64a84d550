import type { Store, TreeRef } from '../store/types.ts';
import { parseManifest } from './manifest.ts';
import { emptyTree, layOver, type MergedNode } from './mergedTree.ts';

/** Trees by the layers they are made of; all steps of a build work on stacks that begin alike. */
const known = new WeakMap<Store, Map<string, Promise<MergedNode>>>();

/** The merged tree of a stack of layers, lowest first; nothing is mounted. */
export function readStack(store: Store, layers: readonly TreeRef[]): Promise<MergedNode> {
  const trees = known.get(store) ?? new Map<string, Promise<MergedNode>>();
  known.set(store, trees);
  return layers.length === 0 ? Promise.resolve(emptyTree) : readTop(store, layers, trees);
}

function readTop(
  store: Store,
  layers: readonly TreeRef[],
  trees: Map<string, Promise<MergedNode>>,
): Promise<MergedNode> {
  const name = layers.map(({ tree }) => tree).join();
  const made = trees.get(name) ?? makeTop(store, layers);
  trees.set(name, made);
  made.catch(() => trees.delete(name));
  return made;
}

async function makeTop(store: Store, layers: readonly TreeRef[]): Promise<MergedNode> {
  const top = layers.at(-1)!;
  const below = await readStack(store, layers.slice(0, -1));
  return layOver(below, parseManifest(await store.readManifest(top)), layers.length - 1);
}
