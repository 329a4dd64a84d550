import type { Stats } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';

/** Overlayfs marks what a layer deletes with a character device 0:0. */
const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0;

/**
 * The file that `path` (without leading slash) shows in the stack of `layers` (lowest first), without mounting it:
 * the topmost layer that has it, unless that one deletes it. Symbolic links in the directories are not followed, so ask
 * for `usr/lib/...`, not `lib/...`.
 */
export async function findInLayers(layers: readonly string[], path: string): Promise<string | undefined> {
  for (const layer of layers.toReversed()) {
    const stats = await orIfAbsent(lstat(join(layer, path)), undefined).catch(ignoreNotDirectory);
    if (stats !== undefined) return isWhiteout(stats) ? undefined : join(layer, path);
    if (await isDeletedAbove(layer, path)) return undefined;
  }
  return undefined;
}

/** Names shown in `directory` of the stack, sorted. */
export async function listInLayers(layers: readonly string[], directory: string): Promise<string[]> {
  const names = new Set<string>();
  for (const layer of layers) {
    for (const name of await orIfAbsent(readdir(join(layer, directory)), []).catch(() => [])) {
      names.add(name);
    }
  }
  const shown = await Promise.all(
    [...names].map(async (name) => ((await findInLayers(layers, join(directory, name))) === undefined ? [] : [name])),
  );
  return shown.flat().toSorted();
}

export async function readInLayers(layers: readonly string[], path: string): Promise<string | undefined> {
  const found = await findInLayers(layers, path);
  return found === undefined ? undefined : readFile(found, 'utf8');
}

/** Whether the layer deletes a directory on the way to `path`. */
async function isDeletedAbove(layer: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth += 1) {
    const stats = await orIfAbsent(lstat(join(layer, ...parts.slice(0, depth))), undefined);
    if (stats === undefined) return false;
    if (!stats.isDirectory()) return true;
  }
  return false;
}

function ignoreNotDirectory(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOTDIR') return undefined;
  throw error;
}
