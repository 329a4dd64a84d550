import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import type { Digest, Store, TreeRef } from '../store/types.ts';
import { type ManifestEntry, parseManifest } from './manifest.ts';

/** From here on a file is handed out as a link to the store's: copying an image would take longer than the rest of a build after an edit. */
export const LINKED_FROM_BYTES = 16 << 20;

/** Whether users get the store's own file: a large one that nobody may write to, such as the system image. */
export const isLinkable = ({ type, mode, sizeBytes }: ManifestEntry): boolean =>
  type === 'f' && (mode & 0o222) === 0 && sizeBytes >= LINKED_FROM_BYTES;

/**
 * The path of a tree of which users have links, after a look at those: root may write through a link whatever its mode, and that
 * shows in size and time. Throws STORE_CORRUPT, and what was written to counts as absent from then on.
 */
export async function intactTree(store: Store, ref: TreeRef): Promise<string> {
  const path = await store.treePath(ref);
  const linked = parseManifest(await store.readManifest(ref)).filter(isLinkable);
  const damaged: ManifestEntry[] = [];
  for (const entry of linked) if (await wasWrittenTo(join(path, entry.path), entry)) damaged.push(entry);
  if (damaged.length === 0) return path;
  await store.setAside(
    ref,
    damaged.map(({ content }) => content as Digest),
  );
  return store.treePath(ref);
}

/** Times of sealed files are those of the archive or older; sealing may lower them further, and a write never does. */
async function wasWrittenTo(path: string, { sizeBytes, mtimeSeconds }: ManifestEntry): Promise<boolean> {
  const stats = await orIfAbsent(lstat(path), undefined);
  return stats?.size !== sizeBytes || Math.floor(stats.mtimeMs / 1000) > mtimeSeconds;
}
