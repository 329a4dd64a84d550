import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../engine/step.ts';
import type { Witness } from '../engine/witness.ts';
import { readInterpreter } from '../rootfs/interpreter.ts';
import { layerPaths } from '../rootfs/layer.ts';
import { parseManifest } from '../rootfs/manifest.ts';
import type { MergedNode } from '../rootfs/mergedTree.ts';
import { observe, resolveIn } from '../rootfs/observe.ts';
import { readStack } from '../rootfs/stack.ts';
import { addLook, type LookKind, type Looks } from '../sandbox/trace/looks.ts';
import type { BlobRef, Json, Store, TreeRef } from '../store/types.ts';

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
  difference: async (inputs, seen, store) =>
    changedLook(await readStack(store, (inputs as unknown as OnLayers).below), seen, store),
};

/** The first of the names in `seen` that does not look the same in `tree`. */
export async function changedLook(tree: MergedNode, seen: BlobRef, store: Store): Promise<string | undefined> {
  const text = await readFile(await store.blobPath(seen), 'utf8');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [path, kind, sight] = JSON.parse(line) as [string, LookKind, string];
    if (observe(tree, path, kind) !== sight) return path;
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
  for (const path of await findInterpreters(started, tree, await layerPaths(store, below))) add(path, 'content');
  return writeSight(kinds, tree, store);
}

/** Notes how each name looks in `tree`. */
export function writeSight(kinds: ReadonlyMap<string, LookKind>, tree: MergedNode, store: Store): Promise<BlobRef> {
  const rows = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = rows.map(([path, kind]) => `${JSON.stringify([path, kind, observe(tree, path, kind)])}\n`);
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
