import { lstat, lutimes } from 'node:fs/promises';
import { join } from 'node:path';
import { listMedium, type MediumFile } from './mediumFiles.ts';

const letters = { file: 'f', directory: 'd', link: 'l', other: 'o' } as const;

/**
 * Sets every modification time after the epoch to the epoch. Files that are also linked from outside are the store's
 * and keep theirs; the image gets the epoch for every file anyway.
 *
 * Returns what was changed as live-build notes it in `binary.modified_timestamps`: type and path.
 */
export async function clampTimes(directory: string, epochSeconds: number): Promise<string[]> {
  const entries = [...(await listMedium(directory)), { path: '', kind: 'directory' as const }];
  const stats = await Promise.all(entries.map(({ path }) => lstat(join(directory, path))));
  const linksInside = new Map<number, number>();
  for (const { ino } of stats) linksInside.set(ino, (linksInside.get(ino) ?? 0) + 1);

  const changed: MediumFile[] = [];
  // Setting a time inside a directory leaves the directory's own time alone, so the order does not matter.
  for (const [index, entry] of entries.entries()) {
    const { ino, nlink, mtimeMs } = stats[index]!;
    const isForeign = entry.kind === 'file' && nlink > (linksInside.get(ino) ?? 0);
    if (isForeign || mtimeMs <= epochSeconds * 1000) continue;
    await lutimes(join(directory, entry.path), epochSeconds, epochSeconds);
    changed.push(entry);
  }
  return changed.map(({ path, kind }) => `${letters[kind]} ${join('binary', path)}`);
}
