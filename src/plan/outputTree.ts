import { chmod, chown, lstat, lutimes, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { entriesBelow, type ManifestEntry } from '../rootfs/manifest.ts';
import { place, placeCopy } from '../rootfs/place.ts';
import type { Store, TreeRef } from '../store/types.ts';

/** A directory to leave beside the images: all of a tree, or what it has at `inner`. */
export interface OutputTree {
  /** Its name in the build directory: `binary`. */
  readonly name: string;
  readonly tree: TreeRef;
  /** Without slashes at its ends; empty: the tree's root. */
  readonly inner: string;
}

/** From here on a file that nobody may write to (the system image) is linked to the store's; people edit the others. */
const LINKED_FROM_BYTES = 16 << 20;

/**
 * Leaves the tree in the build directory, as live-build leaves `binary/` for scripts that read it afterwards. One that is
 * as it should be, by names, sizes and times, is not written again.
 */
export async function writeOutputTree(directory: string, output: OutputTree, store: Store): Promise<void> {
  const target = join(directory, output.name);
  const source = join(await store.treePath(output.tree), output.inner);
  const entries = entriesBelow(await store.readManifest(output.tree), output.inner);
  if (await isAsWanted(target, entries)) return;
  const temporary = `${target}.new`;
  await rm(temporary, { recursive: true, force: true });
  try {
    for (const entry of entries) await writeEntry(entry, join(source, entry.path), join(temporary, entry.path));
    for (const { path, type, mtimeSeconds } of entries.toReversed()) {
      if (type === 'd') await lutimes(join(temporary, path), mtimeSeconds, mtimeSeconds);
    }
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function isAsWanted(target: string, entries: readonly ManifestEntry[]): Promise<boolean> {
  const found = await orIfAbsent(readdir(target, { recursive: true }), []);
  if (found.length !== entries.length - 1) return false;
  const same = entries.map(async ({ path, type, sizeBytes, mtimeSeconds, content }) => {
    const stats = await orIfAbsent(lstat(join(target, path)), undefined);
    if (stats === undefined) return false;
    if (type === 'd') return stats.isDirectory();
    if (type === 'l') return stats.isSymbolicLink() && (await readlink(join(target, path))) === content;
    return stats.isFile() && stats.size === sizeBytes && Math.floor(stats.mtimeMs / 1000) === mtimeSeconds;
  });
  return (await Promise.all(same)).every(Boolean);
}

const isLinkable = ({ mode, sizeBytes }: ManifestEntry): boolean =>
  (mode & 0o222) === 0 && sizeBytes >= LINKED_FROM_BYTES;

async function writeEntry(entry: ManifestEntry, source: string, target: string): Promise<void> {
  const { type, mode, uid, gid, content, mtimeSeconds } = entry;
  if (type === 'd') await mkdir(target, { recursive: true });
  else if (type === 'l') await symlink(content, target);
  else if (isLinkable(entry) && (await place(source, target)) === 'linked') return;
  else await placeCopy(source, target);
  if (type === 'l') return;
  await chown(target, uid, gid);
  await chmod(target, mode);
  await lutimes(target, mtimeSeconds, mtimeSeconds);
}
