import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';
import type { Digest } from '../store/types.ts';
import { hashFile } from './digestFile.ts';

export interface TreeDigest {
  readonly digest: Digest;
  /** Everything below the directory, which is not counted itself. */
  readonly entries: number;
  readonly sizeBytes: number;
}

interface Entry {
  readonly path: Buffer;
  readonly stats: Stats;
}

const atOnce = 16;
const slash = Buffer.from('/');

/**
 * One digest of all that a directory holds: path, type, permissions, and content or link target. Owners and times
 * are left out, since a copy into a system sets them anyway. Names are taken as bytes, whatever their encoding.
 */
export async function digestTree(path: string): Promise<TreeDigest> {
  const root = Buffer.from(path);
  const entries = (await listEntries(root)).sort((a, b) => Buffer.compare(a.path, b.path));
  const lines = await mapLimited(entries, (entry) => describe(root, entry));
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  const sizeBytes = entries.reduce((sum, { stats }) => sum + (stats.isFile() ? stats.size : 0), 0);
  return { digest: hash.digest('hex') as Digest, entries: entries.length, sizeBytes };
}

/** What a directory holds, as `digestTree` sees it; a directory comes before what is in it. */
export interface ListedEntry {
  /** Relative to the directory. */
  readonly path: string;
  readonly type: 'f' | 'd' | 'l';
  readonly mode: number;
  readonly sizeBytes: number;
  /** SHA-256 of a file; where a link leads. */
  readonly content: string;
}

export async function listDirectory(path: string): Promise<ListedEntry[]> {
  const root = Buffer.from(path);
  const entries = (await listEntries(root)).sort((a, b) => Buffer.compare(a.path, b.path));
  return mapLimited(entries, async (entry) => {
    const { stats } = entry;
    const type = stats.isFile() ? 'f' : stats.isDirectory() ? 'd' : 'l';
    const content = type === 'f' ? await hashFile(entry.path) : type === 'l' ? await readlink(entry.path, 'utf8') : '';
    const sizeBytes = type === 'f' ? stats.size : 0;
    return {
      path: entry.path.subarray(root.length + 1).toString(),
      type,
      mode: stats.mode & 0o7777,
      sizeBytes,
      content,
    };
  });
}

async function listEntries(directory: Buffer): Promise<Entry[]> {
  const names = await readdir(directory, { encoding: 'buffer' });
  const nested = await mapLimited(names, async (name) => {
    const path = Buffer.concat([directory, slash, name]);
    const stats = await lstat(path);
    return stats.isDirectory() ? [{ path, stats }, ...(await listEntries(path))] : [{ path, stats }];
  });
  return nested.flat();
}

/** Fields end in NUL, which no path has, so that no two trees give the same bytes. */
async function describe(root: Buffer, { path, stats }: Entry): Promise<Buffer> {
  const relative = path.subarray(root.length + 1);
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isFile()) return fields(relative, 'file', mode, await hashFile(path));
  if (stats.isDirectory()) return fields(relative, 'directory', mode);
  if (stats.isSymbolicLink()) return fields(relative, 'link', await readlink(path, { encoding: 'buffer' }));
  throw new LivewrightError('CONFIG_VALUE', {
    message: 'This is a device, socket or pipe, which cannot be part of a configuration.',
    hint: 'Remove it, and make it in a hook.',
    place: { path: path.toString() },
  });
}

function fields(...values: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => [Buffer.from(value as string), Buffer.from([0])]).concat(Buffer.from([10])),
  );
}

async function mapLimited<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(action))));
  }
  return results;
}
