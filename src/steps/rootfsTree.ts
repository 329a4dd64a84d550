import { defineStep, type ResultOf, type Step } from '../engine/step.ts';
import { type RootTree, rootPlace, type SolidFile } from '../media/rootTree.ts';
import type { MediumSettings } from '../media/settings.ts';
import { layerPaths } from '../rootfs/layer.ts';
import { parseManifest } from '../rootfs/manifest.ts';
import { mergeManifests } from '../rootfs/merge.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import { extRootSize } from './rootfsExt.ts';

/** A system that becomes no file: its layers, and what of them stays away. */
export interface RootTreeSource {
  readonly layers: readonly Step<TreeRef>[];
  /** Text of config/rootfs/excludes, or empty. */
  readonly excludes: () => Promise<string>;
  readonly solid?: readonly SolidFile[];
}

export type RootTreeInputs = {
  readonly layers: readonly TreeRef[];
  readonly excludes: string;
  readonly solid: readonly SolidFile[];
};

export async function rootInputs(source: RootTreeSource, resultOf: ResultOf): Promise<RootTreeInputs> {
  const { layers, excludes, solid = [] } = source;
  return { layers: layers.map((layer) => resultOf(layer)), excludes: await excludes(), solid };
}

/** Stands where others make a system image: there is none, and the result only says which system it is. */
export function treeRootfsStep(source: RootTreeSource): Step<BlobRef> {
  return defineStep({
    name: 'rootfs',
    title: 'system, file by file',
    kind: 'rootfs-tree',
    version: 1,
    needs: [...source.layers],
    inputs: (resultOf) => rootInputs(source, resultOf),
    run: (inputs, { store }) => store.putBytes(`${JSON.stringify(inputs)}\n`),
  });
}

export async function openRootTree(
  store: Store,
  { layers, excludes, solid }: RootTreeInputs,
  settings: MediumSettings,
): Promise<RootTree> {
  const place = rootPlace(settings);
  if (place === undefined) throw new Error('the system is a file');
  const manifests = layers.map(async (layer) => parseManifest(await store.readManifest(layer)));
  const merged = mergeManifests(await Promise.all(manifests));
  return { layers: await layerPaths(store, layers), place, excludes, solid, ...extRootSize('ext4', merged) };
}
