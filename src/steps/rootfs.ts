import { join } from 'node:path';
import { mapAtOnce } from '../atOnce.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { layerPaths } from '../rootfs/layer.ts';
import { listTree, type MergedEntry } from '../rootfs/mergedTree.ts';
import { readStack } from '../rootfs/stack.ts';
import { type ContentSource, linkSquashfs, type ObjectIndex } from '../squashfs/index.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import type { Compression } from './compression.ts';
import { excludeEntries } from './excludes.ts';
import { toLinkEntries } from './linkEntries.ts';
import { squashResidue } from './residue.ts';
import { blockCompressor, readContents, readIndex, type SquashedObject } from './squasher.ts';
import type { EpochSource } from './workshop.ts';

export interface RootfsOptions {
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly layers: readonly Step<TreeRef>[];
  /** What was compressed beforehand, as `compression` says; packages first. */
  readonly objects: readonly Step<readonly SquashedObject[]>[];
  readonly compression: Compression;
  /** Text of config/rootfs/excludes, or empty. */
  readonly excludes: () => Promise<string>;
}

/**
 * The system image: one SquashFS of all layers merged. It is linked: what packages brought was compressed once, beside
 * dpkg; only what no package holds is compressed here.
 */
export function rootfsStep(options: RootfsOptions): Step<BlobRef> {
  const { tools, epoch, layers, objects, compression } = options;
  return defineStep({
    name: 'rootfs',
    title: 'system image',
    version: 3,
    needs: [tools, ...epoch.needs, ...layers, ...objects],
    inputs: async (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      layers: layers.map((layer) => resultOf(layer)),
      objects: objects.flatMap((step) => resultOf(step)),
      compression,
      excludes: await options.excludes(),
    }),
    run: async (inputs, context) => {
      const { store } = context;
      const merged = listTree(await readStack(store, inputs.layers));
      const entries = await excludeEntries(merged, { ...inputs, context });
      const layers = await layerPaths(store, inputs.layers);
      const holdings = await holdContents(entries, { ...inputs, layers, context });
      const { codec, blockSizeBytes } = inputs.compression;
      const output = join(context.scratch, 'filesystem.squashfs');
      const result = await linkSquashfs({
        ...{ output, codec, blockSizeBytes, epochSeconds: inputs.epochSeconds },
        ...{ entries: [...toLinkEntries(entries, holdings.sources)], objects: holdings.objects },
        compress: await blockCompressor(context, inputs.tools, inputs.compression),
        signal: context.signal,
        onProgress: (done, total) => context.progress(done, total, 'bytes'),
      });
      for (const dropped of result.droppedXattrs) context.log(`SquashFS has no place for an attribute: ${dropped}`);
      return store.putFile(output);
    },
  });
}

interface Holder {
  readonly context: StepContext;
  readonly tools: TreeRef;
  readonly compression: Compression;
  readonly objects: readonly SquashedObject[];
  readonly layers: readonly string[];
}

interface Held {
  /** The objects that have something of the root, packages first. */
  readonly objects: readonly ObjectIndex[];
  readonly sources: ReadonlyMap<string, ContentSource>;
}

async function holdContents(entries: readonly MergedEntry[], holder: Holder): Promise<Held> {
  const { store } = holder.context;
  const files = entries.filter(({ type, sizeBytes }) => type === 'f' && sizeBytes > 0);
  const wanted = new Set(files.map(({ content }) => content));
  const held: { objects: ObjectIndex[]; sources: Map<string, ContentSource> } = { objects: [], sources: new Map() };
  const add = async (all: readonly SquashedObject[]): Promise<void> => {
    // What is read is checked, and that is waiting for the disk, mostly.
    const holdings = await mapAtOnce(all, 8, (squashed) => readHolding(store, squashed, wanted));
    for (const { contents, index } of holdings) {
      const first = contents.filter(([, digest]) => !held.sources.has(digest));
      if (index === undefined || first.length === 0) continue;
      const object = held.objects.push(index) - 1;
      for (const [path, digest] of first) held.sources.set(digest, { object, path, digest });
    }
  };
  await add(holder.objects);
  const residue = files.filter(({ content }) => !held.sources.has(content));
  await add(await squashResidue({ ...holder, entries: residue }));
  return held;
}

/** What of an object the root has, and the object's index where that is anything. */
async function readHolding(store: Store, squashed: SquashedObject, wanted: ReadonlySet<string>) {
  const contents = [...(await readContents(store, squashed))].filter(([, digest]) => wanted.has(digest));
  return { contents, index: contents.length === 0 ? undefined : await readIndex(store, squashed) };
}
