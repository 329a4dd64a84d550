import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { mapAtOnce } from '../atOnce.ts';
import { LivewrightError } from '../errors.ts';
import type { Digest } from '../store/types.ts';
import { hashFile } from './digestFile.ts';

export interface TreeDigest {
  readonly digest: Digest;
  /** Everything below the directory, which is not counted itself. */
  readonly entries: number;
  readonly sizeBytes: number;
  /** A directory comes before what is in it. */
  readonly list: readonly ListedEntry[];
}

/** What a directory holds at one name. */
export interface ListedEntry {
  /** Relative to the directory. */
  readonly path: string;
  readonly type: 'f' | 'd' | 'l';
  readonly mode: number;
  readonly sizeBytes: number;
  /** SHA-256 of a file; where a link leads. */
  readonly content: string;
}

interface Entry {
  readonly path: Buffer;
  readonly stats: Stats;
}

const filesAtOnce = 16;
const slash = Buffer.from('/');

/**
 * One digest of all that a directory holds: path, type, permissions, and content or link target. Owners and times
 * are left out, since a copy into a system sets them anyway. Names are taken as bytes, whatever their encoding.
 */
export async function digestTree(path: string): Promise<TreeDigest> {
  const described = await describeAll(path);
  const hash = createHash('sha256');
  for (const { line } of described) hash.update(line);
  const list = described.map(({ listed }) => listed);
  const sizeBytes = list.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  return { digest: hash.digest('hex') as Digest, entries: list.length, sizeBytes, list };
}

async function describeAll(path: string) {
  const root = Buffer.from(path);
  const entries = (await listEntries(root)).sort((a, b) => Buffer.compare(a.path, b.path));
  return mapAtOnce(entries, filesAtOnce, (entry) => describe(root, entry));
}

async function listEntries(directory: Buffer): Promise<Entry[]> {
  const names = await readdir(directory, { encoding: 'buffer' });
  const nested = await mapAtOnce(names, filesAtOnce, async (name) => {
    const path = Buffer.concat([directory, slash, name]);
    const stats = await lstat(path);
    return stats.isDirectory() ? [{ path, stats }, ...(await listEntries(path))] : [{ path, stats }];
  });
  return nested.flat();
}

/** Fields end in NUL, which no path has, so that no two trees give the same bytes. */
async function describe(root: Buffer, { path, stats }: Entry): Promise<{ line: Buffer; listed: ListedEntry }> {
  const relative = path.subarray(root.length + 1);
  const mode = stats.mode & 0o7777;
  const list = (type: ListedEntry['type'], content: string) => {
    return { path: relative.toString(), type, mode, sizeBytes: type === 'f' ? stats.size : 0, content };
  };
  const octal = mode.toString(8);
  if (stats.isFile()) {
    const content = await hashFile(path);
    return { line: fields(relative, 'file', octal, content), listed: list('f', content) };
  }
  if (stats.isDirectory()) return { line: fields(relative, 'directory', octal), listed: list('d', '') };
  if (stats.isSymbolicLink()) {
    const target = await readlink(path, { encoding: 'buffer' });
    return { line: fields(relative, 'link', target), listed: list('l', target.toString()) };
  }
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
