import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, readlink, rename, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { listMedium, type MediumFile } from '../media/mediumFiles.ts';
import { removeTree } from '../store/remove.ts';
import type { Store, TreeRef } from '../store/types.ts';

/** A directory of a tree in the store. */
export type TreePart = TreeRef & { readonly part: string };

/** What we wrote, and how to tell that nobody changed it since. */
export interface WrittenDirectory {
  readonly tree: string;
  readonly part: string;
  readonly sizeBytes: number;
  readonly fingerprint: string;
}

export async function isDirectoryAsWritten(path: string, wanted: TreePart, written: WrittenDirectory) {
  if (written.tree !== wanted.tree || written.part !== wanted.part) return false;
  return written.fingerprint === (await describe(path))?.fingerprint;
}

/**
 * Puts a copy of the directory at `path`, in the place of what is there: for everybody to read, as a server must be able to
 * whoever it runs as, with the times of the original; names of one file stay names of one file.
 */
export async function writeDirectory(path: string, { tree, part }: TreePart, store: Store): Promise<WrittenDirectory> {
  const temporary = `${path}.new`;
  await removeTree(temporary);
  try {
    await copyDirectory(join(await store.treePath({ tree }), part), temporary);
    await removeTree(path);
    await rename(temporary, path);
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
  const { fingerprint = '', sizeBytes = 0 } = (await describe(path)) ?? {};
  return { tree, part, sizeBytes, fingerprint };
}

async function copyDirectory(from: string, to: string): Promise<void> {
  await mkdir(to);
  const entries = await listMedium(from);
  const copies = new Map<number, string>();
  for (const entry of entries) await copyEntry(entry, { from, to, copies });
  // Last, and from the inside out: whatever is put into a directory changes its time.
  for (const { path } of [...entries.filter(({ kind }) => kind === 'directory').reverse(), { path: '' }]) {
    const { mtime } = await lstat(join(from, path));
    await chmod(join(to, path), 0o755);
    await utimes(join(to, path), mtime, mtime);
  }
}

interface Copying {
  readonly from: string;
  readonly to: string;
  /** Inode -> where its first name was copied to. */
  readonly copies: Map<number, string>;
}

async function copyEntry({ path, kind }: MediumFile, { from, to, copies }: Copying): Promise<void> {
  const [source, target] = [join(from, path), join(to, path)];
  if (kind === 'directory') return void (await mkdir(target));
  if (kind === 'link') return symlink(await readlink(source), target);
  const { ino, mode, mtime } = await lstat(source);
  const twin = copies.get(ino);
  if (twin !== undefined) return link(twin, target);
  copies.set(ino, target);
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, mode & 0o111 ? 0o755 : 0o644);
  await utimes(target, mtime, mtime);
}

/** What tells the directory from any other that it could have become; undefined where there is none. */
async function describe(directory: string) {
  if (!(await orIfAbsent(lstat(directory), undefined))?.isDirectory()) return undefined;
  const hash = createHash('sha256');
  const sizes = new Map<number, number>();
  for (const { path } of await listMedium(directory)) {
    const stats = await lstat(join(directory, path));
    hash.update(`${path}\0${stats.mode} ${stats.size} ${stats.mtimeMs} ${stats.ino}\n`);
    if (stats.isFile()) sizes.set(stats.ino, stats.size);
  }
  const sizeBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { fingerprint: hash.digest('hex'), sizeBytes };
}
