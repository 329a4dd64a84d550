import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type CpioEntry, parseCpio, writeCpio } from './cpio.ts';

const [unzip, zip] = [promisify(gunzip), promisify(gzip)];
const kindBits = 0o170000;
const directoryBits = 0o040000;
const linkBits = 0o120000;
const fileBits = 0o100000;

/** The files of an installer's initrd, in memory: devices stay devices, whoever we are on this machine. */
export interface InitrdTree {
  readonly entries: ReadonlyMap<string, CpioEntry>;
  /** The text of a file; links in its directories are not followed. */
  read(path: string): string | undefined;
  write(path: string, data: Buffer | string, permissions?: number): void;
  remove(isGone: (path: string) => boolean): void;
  /** The directory that `path` stands for, links to directories resolved: `usr/lib/x` for `lib/x`. */
  resolve(path: string): string;
  /** Adds what is below a directory of this machine, owned by root; what is there already is replaced. */
  addTree(directory: string): Promise<void>;
  pack(): Promise<Buffer>;
}

/** Opens a gzip-compressed initrd. Nothing added to it will be younger than `epochSeconds`. */
export async function openInitrd(bytes: Buffer, name: string, epochSeconds: number): Promise<InitrdTree> {
  const entries = new Map(parseCpio(await unzip(bytes), name).map((entry) => [entry.path, entry]));
  const put = (path: string, mode: number, data: Buffer, mtimeSeconds = epochSeconds): void => {
    entries.set(path, { path, mode, uid: 0, gid: 0, mtimeSeconds: Math.min(mtimeSeconds, epochSeconds), data });
  };
  const resolve = (path: string): string => {
    let real = '';
    for (const part of path.split('/').filter((word) => word !== '' && word !== '.')) {
      const next = real === '' ? part : `${real}/${part}`;
      const found = entries.get(next);
      const isLink = found !== undefined && (found.mode & kindBits) === linkBits;
      // The installer's links to directories are relative and one level deep: lib -> usr/lib.
      const target = isLink ? found.data.toString('utf8') : '';
      real = isLink && entries.has(target) ? target : next;
    }
    return real;
  };
  const addBelow = async (directory: string, below: string): Promise<void> => {
    for (const name of (await readdir(directory)).toSorted()) {
      const source = join(directory, name);
      const path = below === '' ? name : `${below}/${name}`;
      const stats = await lstat(source);
      const mtime = Math.floor(stats.mtimeMs / 1000);
      if (stats.isDirectory()) {
        const real = resolve(path);
        if (!entries.has(real)) put(real, directoryBits | (stats.mode & 0o7777), Buffer.alloc(0), mtime);
        await addBelow(source, real);
      } else if (stats.isSymbolicLink()) {
        const isDirectoryThere = ((entries.get(resolve(path))?.mode ?? 0) & kindBits) === directoryBits;
        if (!isDirectoryThere) put(path, linkBits | 0o777, Buffer.from(await readlink(source)), mtime);
      } else if (stats.isFile()) {
        put(path, fileBits | (stats.mode & 0o7777), await readFile(source), mtime);
      }
    }
  };
  return {
    entries,
    resolve,
    read: (path) => entries.get(path)?.data.toString('utf8'),
    write: (path, data, permissions = 0o644) => put(path, fileBits | permissions, Buffer.from(data)),
    remove: (isGone) => {
      for (const path of [...entries.keys()]) if (isGone(path)) entries.delete(path);
    },
    addTree: (directory) => addBelow(directory, ''),
    // Directories must come before what is in them, and in this order they do.
    pack: async () => {
      const sorted = [...entries.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
      return zip(writeCpio(sorted), { level: 9 });
    },
  };
}
