import { chmod, lstat, mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent, systemErrorCode } from '../errors.ts';
import { hold, letGo } from './holdings.ts';
import type { Layout } from './layout.ts';
import { currentOwner, formatOwner, isRunning, newNonce, parseOwner } from './owner.ts';
import { removeTree } from './remove.ts';

export interface Staging {
  /** A path in this process's staging directory at which nothing is yet. */
  newPath(): Promise<string>;
  withDirectory<T>(action: (directory: string) => Promise<T>): Promise<T>;
  /** Moves `path` out of sight in one step, then removes it. */
  discard(path: string): Promise<void>;
  /** How many `withDirectory` actions are under way. */
  readonly inUse: number;
  close(): Promise<void>;
}

/** The staging directory of this process. What cannot be removed is left for `cleanStaging` and told to `warn`. */
export function createStaging(layout: Layout, warn: (message: string) => void): Staging {
  const own = join(layout.staging, formatOwner(currentOwner()));
  let inUse = 0;
  const newPath = async () => {
    await mkdir(own, { recursive: true, mode: 0o700 });
    hold(own);
    return join(own, newNonce());
  };
  const remove = (path: string) =>
    removeTree(path).catch((error: unknown) =>
      warn(`${path} could not be removed (${systemErrorCode(error) ?? error}).`),
    );
  return {
    newPath,
    get inUse() {
      return inUse;
    },
    async withDirectory(action) {
      const directory = await newPath();
      await mkdir(directory);
      // Whatever the umask says: the directory may become the root of a tree.
      await chmod(directory, 0o755);
      inUse++;
      try {
        return await action(directory);
      } finally {
        inUse--;
        await remove(directory);
      }
    },
    async discard(path) {
      const aside = await newPath();
      if ((await orIfAbsent(moveDirectory(path, aside), 'absent')) !== 'absent') await remove(aside);
    },
    async close() {
      letGo(own);
      // Not empty where another store object of this process is open.
      await rmdir(own).catch(() => {});
    },
  };
}

/**
 * Renames a directory. rename(2) writes the directory's `..`, so its owner needs leave to write to it; without root's
 * powers a read-only one is opened for that moment.
 */
export async function moveDirectory(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== 'EACCES') throw error;
    await moveReadOnly(from, to);
  }
}

async function moveReadOnly(from: string, to: string): Promise<void> {
  const { mode } = await lstat(from);
  await chmod(from, (mode & 0o7777) | 0o700);
  await rename(from, to).catch(async (error: unknown) => {
    await chmod(from, mode & 0o7777);
    throw error;
  });
  await chmod(to, mode & 0o7777);
}

/**
 * Removes the staging directories of processes that no longer run. Those that belong to another user id (left by a
 * build inside a user namespace, seen from outside it) stay until someone comes who may remove them.
 */
export async function cleanStaging(layout: Layout): Promise<void> {
  for (const name of await orIfAbsent(readdir(layout.staging), [])) {
    const path = join(layout.staging, name);
    const owner = parseOwner(name);
    if (owner && (await isRunning(owner, path))) continue;
    await removeTree(path).catch((error: unknown) => {
      if (!['EACCES', 'EPERM', 'ENOENT', 'ENOTEMPTY', 'EBUSY'].includes(systemErrorCode(error) ?? '')) throw error;
    });
  }
}
