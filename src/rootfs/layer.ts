import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../sandbox/run.ts';
import type { SandboxRoot } from '../sandbox/types.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { sealLayer } from './seal.ts';
import { settleXattrs } from './xattrs.ts';

export interface LayerOptions {
  readonly store: Store;
  readonly sandbox: Sandbox;
  /** An empty directory on the store's file system. */
  readonly scratch: string;
  /** The layers below, lowest first. */
  readonly below: readonly TreeRef[];
  /** A directory of files that only the build needs; seen above the layers, never part of the new one. */
  readonly buildTimeLayer: string;
  readonly epochSeconds: number;
}

/** The root of a running step, and where its changes gather. */
export interface LayerRoot {
  readonly root: SandboxRoot;
  readonly upper: string;
}

/** Runs `change` on the layers below and keeps what it wrote as a new layer in the store. */
export async function makeLayer(options: LayerOptions, change: (layer: LayerRoot) => Promise<void>): Promise<TreeRef> {
  const { store, sandbox, buildTimeLayer, epochSeconds } = options;
  const layer = await openLayer(options);
  await change(layer);
  const xattrs = await settleXattrs(layer.upper, sandbox.runTool);
  return store.putTree(layer.upper, await sealLayer({ directory: layer.upper, epochSeconds, buildTimeLayer, xattrs }));
}

/** An empty layer on top of those below. What is written there is lost with the scratch directory. */
export async function openLayer({ store, scratch, below, buildTimeLayer }: LayerOptions): Promise<LayerRoot> {
  const upper = join(scratch, 'layer', 'upper');
  const work = join(scratch, 'layer', 'work');
  await mkdir(upper, { recursive: true });
  await mkdir(work);
  const lower = [...(await layerPaths(store, below)), buildTimeLayer];
  // The root directory of an overlay is that of its upper: the lent layer has it as it is below.
  const { uid, gid, mode } = await lstat(buildTimeLayer);
  await chown(upper, uid, gid);
  await chmod(upper, mode & 0o7777);
  return { root: { kind: 'overlay', lower, upper, work }, upper };
}

export function layerPaths(store: Store, layers: readonly TreeRef[]): Promise<string[]> {
  return Promise.all(layers.map((layer) => store.treePath(layer)));
}
