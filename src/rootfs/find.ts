import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { parseManifest } from './manifest.ts';

/** A layer on disk, and which of its directories hide those below instead of being merged with them. */
export interface Layer {
  readonly path: string;
  readonly opaque: ReadonlySet<string>;
}

/** Overlayfs's mark of a directory that hides what is below (overlayfs.rst, "whiteouts and opaque directories"): "y". */
const opaqueMark = /"user\.overlay\.opaque":"79"/;

/** Of all steps of a build: each works on most of the layers of the one before. */
const known = new WeakMap<Store, Map<string, Promise<Layer>>>();

/** What a look without mounting needs. */
export function readLayers(store: Store, layers: readonly TreeRef[]): Promise<Layer[]> {
  const read = known.get(store) ?? new Map<string, Promise<Layer>>();
  known.set(store, read);
  return Promise.all(
    layers.map((layer) => {
      const found = read.get(layer.tree) ?? readLayer(store, layer);
      read.set(layer.tree, found);
      found.catch(() => read.delete(layer.tree));
      return found;
    }),
  );
}

/** The marks come from the manifest, since Node cannot read extended attributes. */
async function readLayer(store: Store, layer: TreeRef): Promise<Layer> {
  const marked = (await store.readManifest(layer)).split('\n').filter((line) => opaqueMark.test(line));
  const opaque = new Set(parseManifest(marked.join('\n')).map(({ path }) => path));
  return { path: await store.treePath(layer), opaque };
}

/** As many as the kernel follows (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * The file that `path` (without leading slash) shows in the stack of `layers` (lowest first), without mounting it:
 * the topmost layer that has it, unless one above deletes or hides it. A symbolic link is followed inside the stack,
 * never into the host; those in the directories on the way are not, so ask for `usr/lib/...`, not `lib/...`.
 */
export async function findInLayers(layers: readonly Layer[], path: string): Promise<string | undefined> {
  let wanted = path;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const found = await findEntry(layers, wanted);
    if (!found?.stats.isSymbolicLink()) return found?.path;
    wanted = posix.resolve('/', posix.dirname(wanted), await readlink(found.path)).slice(1);
  }
  return undefined;
}

/** Names shown in `directory` of the stack, sorted. */
export async function listInLayers(layers: readonly Layer[], directory: string): Promise<string[]> {
  const names = new Set<string>();
  for (const layer of layers) {
    const found = await lookUp(layer, directory);
    if (typeof found === 'string' || !found.isDirectory()) continue;
    for (const name of await readdir(join(layer.path, directory))) names.add(name);
  }
  const shown = await Promise.all(
    [...names].map(async (name) => ((await findEntry(layers, join(directory, name))) === undefined ? [] : [name])),
  );
  return shown.flat().toSorted();
}

export async function readInLayers(layers: readonly Layer[], path: string): Promise<string | undefined> {
  const found = await findInLayers(layers, path);
  return found === undefined ? undefined : readFile(found, 'utf8');
}

interface Entry {
  readonly path: string;
  readonly stats: Stats;
}

async function findEntry(layers: readonly Layer[], path: string): Promise<Entry | undefined> {
  for (const layer of layers.toReversed()) {
    const found = await lookUp(layer, path);
    if (found === 'nowhere') return undefined;
    if (found !== 'below') return { path: join(layer.path, path), stats: found };
  }
  return undefined;
}

/** What one layer says of `path`: it has it, those below may have it, or they are not asked. */
async function lookUp(layer: Layer, path: string): Promise<Stats | 'below' | 'nowhere'> {
  const parts = path.split('/');
  let hides = false;
  // Step by step: a link on the way may point into the host.
  for (let depth = 1; depth < parts.length; depth += 1) {
    const inner = parts.slice(0, depth).join('/');
    const stats = await orIfAbsent(lstat(join(layer.path, inner)), undefined);
    if (stats === undefined) return hides ? 'nowhere' : 'below';
    if (!stats.isDirectory()) return 'nowhere';
    hides ||= layer.opaque.has(inner);
  }
  const stats = await orIfAbsent(lstat(join(layer.path, path)), undefined);
  if (stats === undefined) return hides ? 'nowhere' : 'below';
  return isWhiteout(stats) ? 'nowhere' : stats;
}

/** Overlayfs marks what a layer deletes with a character device 0:0. */
const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0;
