import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { readAction } from './actions.ts';
import type { Layout } from './layout.ts';
import { collectRefs } from './refs.ts';
import { type Root, readRoots, removeRoot } from './roots.ts';
import type { Staging } from './staging.ts';
import type { Digest } from './types.ts';

export interface PurgeOptions {
  readonly layout: Layout;
  readonly staging: Staging;
  readonly warn: (message: string) => void;
}

/** Every object that some keys keep: a tree's digest is also that of its manifest's blob. */
interface Kept {
  readonly keys: ReadonlySet<Digest>;
  readonly blobs: ReadonlySet<Digest>;
  readonly trees: ReadonlySet<Digest>;
}

/**
 * Drops what only the builds of `directory`, newest and earlier, refer to. Call it inside `withoutUsers`.
 * Objects go first, their actions next, the root last: a purge that is killed leaves actions that count as absent,
 * and running it again finds all that is left.
 */
export async function purgeRoot(
  directory: string,
  options: PurgeOptions,
): Promise<{ readonly actions: number; readonly bytes: number }> {
  const { layout } = options;
  const roots = await readRoots(layout);
  const mine = roots.get(layout.rootFile(directory));
  if (!mine) return { actions: 0, bytes: 0 };
  const others = [...roots].filter(([path]) => path !== layout.rootFile(directory)).map(([, root]) => root);
  const kept = await collectKept(others, options);
  const dropped = await collectKept([mine], options);
  let bytes = 0;
  for (const tree of without(dropped.trees, kept.trees)) bytes += await dropTree(layout.tree(tree), options);
  for (const blob of without(dropped.blobs, kept.blobs)) bytes += await dropFile(layout.blob(blob));
  const keys = without(dropped.keys, kept.keys);
  for (const key of keys) bytes += await dropFile(layout.action(key));
  await removeRoot(layout, directory);
  return { actions: keys.length, bytes };
}

async function collectKept(roots: readonly Root[], { layout, warn }: PurgeOptions): Promise<Kept> {
  const keys = new Set<Digest>();
  const blobs = new Set<Digest>();
  const trees = new Set<Digest>();
  for (const key of roots.flatMap((root) => [...root.keys, ...root.pastKeys])) {
    const record = keys.has(key) ? undefined : await readAction(layout, key, warn);
    if (!record) continue;
    keys.add(key);
    const refs = collectRefs(record.result);
    for (const { blob } of refs.blobs) blobs.add(blob);
    for (const tree of refs.trees) {
      trees.add(tree);
      blobs.add(tree);
    }
  }
  return { keys, blobs, trees };
}

function without<T>(all: ReadonlySet<T>, kept: ReadonlySet<T>): T[] {
  return [...all].filter((item) => !kept.has(item));
}

async function dropFile(path: string): Promise<number> {
  const entry = await orIfAbsent(lstat(path), undefined);
  if (!entry) return 0;
  await unlink(path);
  return entry.size;
}

async function dropTree(path: string, { staging }: PurgeOptions): Promise<number> {
  const sizeBytes = await measureTree(path);
  await staging.discard(path);
  return sizeBytes;
}

/** Bytes in the regular files below `path`, as far as we may look. */
async function measureTree(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    if (entry.isDirectory()) return measureTree(join(path, entry.name));
    if (!entry.isFile()) return 0;
    return (await lstat(join(path, entry.name)).catch(() => undefined))?.size ?? 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
