import { chmod, chown, link, lstat, lutimes, mkdir, readdir, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { mapAtOnce } from '../atOnce.ts';
import { orIfAbsent } from '../errors.ts';
import { intactTree, isLinkable } from '../rootfs/linked.ts';
import { entriesBelow, type ManifestEntry } from '../rootfs/manifest.ts';
import { place, placeCopy } from '../rootfs/place.ts';
import { removeTree } from '../store/remove.ts';
import type { Store, TreeRef } from '../store/types.ts';

/** A directory to leave beside the images: all of a tree, or what it has at `inner`. */
export interface OutputTree {
  /** Its name in the build directory: `binary`. */
  readonly name: string;
  readonly tree: TreeRef;
  /** Without slashes at its ends; empty: the tree's root. */
  readonly inner: string;
  /** Everybody may read it, as a server must be able to, whoever it runs as. */
  readonly isServed?: true;
}

/**
 * Leaves the tree in the build directory, as live-build leaves `binary/` for scripts that read it afterwards, and gives its
 * size. One that is as it should be, by names, sizes and times, is not written again. Names of one file stay names of one file.
 */
export async function writeOutputTree(directory: string, output: OutputTree, store: Store): Promise<number> {
  const target = join(directory, output.name);
  const source = join(await intactTree(store, output.tree), output.inner);
  const entries = entriesBelow(await store.readManifest(output.tree), output.inner);
  if (!(await isAsWanted(target, entries))) await writeAnew(target, source, { entries, isServed: output.isServed });
  const files = entries.filter((entry) => entry.type === 'f' && !isFurtherName(entry));
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

interface Writing {
  readonly entries: readonly ManifestEntry[];
  readonly isServed: OutputTree['isServed'] | undefined;
}

async function writeAnew(target: string, source: string, { entries, isServed }: Writing): Promise<void> {
  const temporary = `${target}.new`;
  await removeTree(temporary);
  try {
    await writeEntries(isServed ? entries.map(forEverybody) : entries, { from: source, to: temporary });
    // Last, and from the inside out: whatever is put into a directory changes its time.
    for (const { path, type, mtimeSeconds } of entries.toReversed()) {
      if (type === 'd') await lutimes(join(temporary, path), mtimeSeconds, mtimeSeconds);
    }
    await removeTree(target);
    await rename(temporary, target);
  } finally {
    await removeTree(temporary);
  }
}

/** Directories first; files, several at once; then further names of files that are there. */
async function writeEntries(entries: readonly ManifestEntry[], places: Places): Promise<void> {
  const directories = entries.filter(({ type }) => type === 'd');
  const further = entries.filter(isFurtherName);
  const files = entries.filter((entry) => entry.type !== 'd' && !isFurtherName(entry));
  for (const entry of directories) await writeEntry(entry, places);
  await mapAtOnce(files, 8, (entry) => writeEntry(entry, places));
  for (const entry of further) await writeEntry(entry, places);
}

const isFurtherName = ({ type, content }: ManifestEntry): boolean => type === 'f' && content.startsWith('=');

async function isAsWanted(target: string, entries: readonly ManifestEntry[]): Promise<boolean> {
  if (!(await orIfAbsent(lstat(target), undefined))?.isDirectory()) return false;
  const found = await readdir(target, { recursive: true });
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

function forEverybody(entry: ManifestEntry): ManifestEntry {
  const isOpen = entry.type === 'd' || (entry.mode & 0o111) !== 0;
  return { ...entry, mode: isLinkable(entry) ? entry.mode | 0o444 : isOpen ? 0o755 : 0o644 };
}

interface Places {
  readonly from: string;
  readonly to: string;
}

async function writeEntry(entry: ManifestEntry, { from, to }: Places): Promise<void> {
  const { path, type, mode, uid, gid, content, mtimeSeconds } = entry;
  const [source, target] = [join(from, path), join(to, path)];
  if (isFurtherName(entry)) return link(join(to, content.slice(1)), target);
  if (type === 'd') await mkdir(target, { recursive: true });
  else if (type === 'l') return symlink(content, target);
  else if (isLinkable(entry) && (await place(source, target)) === 'linked') return;
  else await placeCopy(source, target);
  await chown(target, uid, gid);
  await chmod(target, mode);
  await lutimes(target, mtimeSeconds, mtimeSeconds);
}
