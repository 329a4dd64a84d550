import { mkdir, rename } from 'node:fs/promises';
import { layerPaths } from '../rootfs/layer.ts';
import { removeTree } from '../store/remove.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { openSandbox } from './workshop.ts';

export interface ExtractRequest {
  readonly store: Store;
  readonly tools: TreeRef;
  /** Of the root, lowest first. */
  readonly layers: readonly TreeRef[];
  /** The directory to make; what is there is replaced. */
  readonly target: string;
  readonly signal: AbortSignal;
}

/** Copies what the layers show, with owners, links, capabilities and times, to a directory of its own. */
export async function extractRoot({ store, tools, layers, target, signal }: ExtractRequest): Promise<void> {
  const temporary = `${target}.tmp`;
  await removeTree(temporary);
  await mkdir(temporary);
  const sandbox = await openSandbox(store, tools);
  await sandbox.runTool({
    argv: ['cp', '--archive', '--reflink=auto', '/target/.', '/out/'],
    overlays: [{ lower: await layerPaths(store, layers), target: '/target' }],
    binds: [{ source: temporary, target: '/out', writable: true }],
    signal,
  });
  await removeTree(target);
  await rename(temporary, target);
}
