import { chmod, chown, link, lutimes, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { type ManifestEntry, parseManifest } from './manifest.ts';
import { place } from './place.ts';

/** What a stack of layers shows at one path: the entry, and the layer (its place in the stack) that it is of. */
export interface MergedEntry extends ManifestEntry {
  readonly layer: number;
}

/**
 * What overlayfs shows of layers (lowest first), by their manifests alone: parents before what is in them, in the order
 * of paths. A whiteout takes away what is below it, an opaque directory what others have in it.
 */
export function mergeManifests(layers: readonly (readonly ManifestEntry[])[]): MergedEntry[] {
  const merged = new Map<string, MergedEntry>();
  for (const [layer, entries] of layers.entries()) {
    for (const entry of entries) {
      const known = merged.get(entry.path)?.type;
      // What the layer itself has in a directory comes after the directory: manifests are sorted.
      if (known === 'd' && (entry.type !== 'd' || isOpaque(entry))) removeBelow(merged, entry.path);
      merged.delete(entry.path);
      if (entry.type !== 'w') merged.set(entry.path, { ...entry, layer });
    }
  }
  return [...merged.values()].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

/** "y": overlayfs.rst, "whiteouts and opaque directories". */
const isOpaque = ({ xattrs }: ManifestEntry): boolean => xattrs?.['user.overlay.opaque'] === '79';

function removeBelow(merged: Map<string, MergedEntry>, path: string): void {
  const inside = path === '.' ? '' : `${path}/`;
  for (const known of merged.keys()) if (known.startsWith(inside)) merged.delete(known);
}

/**
 * Writes what the stack of `layers` shows into the empty `directory`: files linked to the layers' own where that is
 * possible, so they must not be written to in place. Returns the SHA-256 of each file, by path.
 */
export async function writeMerged(
  store: Store,
  layers: readonly TreeRef[],
  directory: string,
): Promise<Map<string, string>> {
  const manifests = await Promise.all(layers.map(async (layer) => parseManifest(await store.readManifest(layer))));
  const paths = await Promise.all(layers.map((layer) => store.treePath(layer)));
  const contents = manifests.map((entries) => new Map(entries.map(({ path, content }) => [path, content])));
  const entries = mergeManifests(manifests);
  const placed = new Map<string, string>();
  const sums = new Map<string, string>();
  for (const entry of entries) {
    const target = join(directory, entry.path);
    const first = entry.content.startsWith('=') ? entry.content.slice(1) : entry.path;
    const twin = placed.get(`${entry.layer}:${first}`);
    if (entry.type === 'f' && twin !== undefined) await link(twin, target);
    else await writeEntry(entry, join(paths[entry.layer] ?? '', entry.path), target);
    if (entry.type !== 'f') continue;
    placed.set(`${entry.layer}:${first}`, target);
    const content = contents[entry.layer]?.get(first);
    if (content !== undefined) sums.set(entry.path, content);
  }
  for (const { type, path, mtimeSeconds } of entries.toReversed()) {
    if (type !== 'f') await lutimes(join(directory, path), mtimeSeconds, mtimeSeconds);
  }
  return sums;
}

async function writeEntry(entry: ManifestEntry, source: string, target: string): Promise<void> {
  if (entry.type === 'f') {
    if ((await place(source, target)) === 'linked') return;
    await chown(target, entry.uid, entry.gid);
    await chmod(target, entry.mode);
    await lutimes(target, entry.mtimeSeconds, entry.mtimeSeconds);
  } else if (entry.type === 'l') {
    await symlink(entry.content, target);
  } else if (entry.type === 'd') {
    await mkdir(target, { recursive: true });
    await chown(target, entry.uid, entry.gid);
    await chmod(target, entry.mode);
  } else {
    throw new LivewrightError('NOT_SUPPORTED', {
      message: `"${entry.path}" of the medium is neither a file, nor a directory, nor a link.`,
      hint: 'Have the binary hook that makes it remove it again.',
      data: { path: entry.path, type: entry.type },
    });
  }
}
