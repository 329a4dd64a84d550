import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { orIfAbsent } from '../../errors.ts';
import { listMedium, type MediumFile } from '../mediumFiles.ts';

/** Something of the medium that goes to the data partition. */
export interface TreeEntry extends MediumFile {
  readonly stats: Stats;
}

export interface TreeFile {
  /** On the medium, without a leading slash. */
  readonly path: string;
  /** The file itself on this machine, where `path` may be a link to it. */
  readonly source: string;
  readonly sizeBytes: number;
}

export interface PlainTree {
  /** Parents before children. */
  readonly directories: readonly string[];
  readonly files: readonly TreeFile[];
}

/** Everything of the medium, in the order of the bytes of its paths. */
export async function readTree(directory: string): Promise<TreeEntry[]> {
  const entries = await listMedium(directory);
  return Promise.all(entries.map(async (entry) => ({ ...entry, stats: await lstat(join(directory, entry.path)) })));
}

/**
 * The tree for a file system without links: a link to a file of the medium becomes a copy of it, as in live-build's
 * images. Links to directories (which may go in circles), out of the medium or nowhere, and special files are left out.
 */
export async function withoutLinks(directory: string, entries: readonly TreeEntry[]): Promise<PlainTree> {
  const files: TreeFile[] = [];
  for (const { path, kind, stats } of entries) {
    const source = join(directory, path);
    if (kind === 'file') files.push({ path, source, sizeBytes: stats.size });
    if (kind === 'link') files.push(...(await followInside(directory, path)));
  }
  return { directories: entries.filter(({ kind }) => kind === 'directory').map(({ path }) => path), files };
}

async function followInside(directory: string, path: string): Promise<TreeFile[]> {
  const root = await realpath(directory);
  const source = await orIfAbsent(realpath(join(directory, path)), undefined);
  if (source === undefined || !source.startsWith(root + sep)) return [];
  const stats = await stat(source);
  return stats.isFile()
    ? [{ path, source: join(directory, source.slice(root.length + 1)), sizeBytes: stats.size }]
    : [];
}
