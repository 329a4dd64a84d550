import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent, systemErrorCode } from '../errors.ts';

export interface ListedFile {
  readonly name: string;
  /** Relative to the build directory. */
  readonly path: string;
  readonly isLink: boolean;
}

/**
 * The files and links of a directory (not its subdirectories, not hidden ones) in byte order, which is what a
 * shell pattern gives in the C locale. An absent directory has none.
 */
export async function listFiles(directory: string, path: string): Promise<ListedFile[]> {
  const entries = await orIfAbsent(readdir(join(directory, path), { withFileTypes: true }), []).catch(noDirectory);
  return entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map((entry) => ({ name: entry.name, path: `${path}/${entry.name}`, isLink: entry.isSymbolicLink() }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

function noDirectory(error: unknown): never[] {
  if (systemErrorCode(error) === 'ENOTDIR') return [];
  throw error;
}

/** Without links that lead nowhere, which live-build passes over. */
export async function onlyExisting(directory: string, files: readonly ListedFile[]): Promise<ListedFile[]> {
  const known = await Promise.all(files.map(({ path }) => orIfAbsent(stat(join(directory, path)), undefined)));
  return files.filter((_, number) => known[number]?.isFile());
}
