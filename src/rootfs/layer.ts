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
  const { store, scratch, sandbox, buildTimeLayer, epochSeconds } = options;
  const upper = join(scratch, 'layer', 'upper');
  const work = join(scratch, 'layer', 'work');
  await mkdir(upper, { recursive: true });
  await mkdir(work);
  const lower = [...(await layerPaths(store, options.below)), buildTimeLayer];
  // The root directory of an overlay is that of its upper: the lent layer has it as it is below.
  const { uid, gid, mode } = await lstat(buildTimeLayer);
  await chown(upper, uid, gid);
  await chmod(upper, mode & 0o7777);
  await change({ root: { kind: 'overlay', lower, upper, work }, upper });
  const xattrs = await settleXattrs(upper, sandbox.runTool);
  return store.putTree(upper, await sealLayer({ directory: upper, epochSeconds, buildTimeLayer, xattrs }));
}

export function layerPaths(store: Store, layers: readonly TreeRef[]): Promise<string[]> {
  return Promise.all(layers.map((layer) => store.treePath(layer)));
}
