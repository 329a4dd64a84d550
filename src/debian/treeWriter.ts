import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { TarSink } from './tar.ts';

/** One path of a tree as it was written. `path` is relative, with all symlinks of its directory resolved. */
export type TreeRecord =
  | { readonly type: 'directory'; readonly mode: number }
  | { readonly type: 'file'; readonly mode: number; readonly sizeBytes: number; readonly sha256: string }
  | { readonly type: 'symlink'; readonly target: string };

export interface FileFacts {
  readonly mode: number;
  readonly mtimeSeconds: number;
}

/**
 * Writes below `root` and nowhere else. Paths are resolved as after a chroot: an absolute symlink starts at `root`, and
 * `..` stops there, so neither `bin -> usr/bin` nor a hostile `x -> /etc` leads out. Files are made anew, never written
 * through a link. Errors are plain Errors naming the path.
 */
export interface TreeWriter {
  /** Path -> what is there. */
  readonly records: ReadonlyMap<string, TreeRecord>;
  /** Makes a directory and those above it; a symlink to a directory is kept and followed. */
  directory(path: string, mode: number): void;
  file(path: string, facts: FileFacts): TarSink;
  /** Makes a symlink; a directory of that name is kept in its place, as dpkg does. */
  symlink(path: string, target: string): void;
  hardLink(path: string, existing: string): void;
  /** Gives directories their modes, at last, since some do not let us write in them. */
  finish(): void;
}

const MAX_LINKS = 40;
const NEW_FILE = 'wx';

export function createTreeWriter(root: string): TreeWriter {
  const records = new Map<string, TreeRecord>();
  /** Paths known to be real directories, by the path they were asked for. Directories are never removed again. */
  const directories = new Map<string, string>([['', '']]);
  const absolute = (path: string) => (path === '' ? root : `${root}/${path}`);

  /** The real path of directory `path`, made if it is not there. */
  function enter(path: string, links = 0): string {
    const known = directories.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const parent = enter(slash < 0 ? '' : path.slice(0, slash), links);
    const name = path.slice(slash + 1);
    const here = parent === '' ? name : `${parent}/${name}`;
    const real = enterReal(here, links);
    directories.set(path, real);
    return real;
  }

  /** As `enter`, for a path whose parent is a real directory. */
  function enterReal(here: string, links: number): string {
    const found = lstatSync(absolute(here), { throwIfNoEntry: false });
    if (found === undefined) {
      mkdirSync(absolute(here), 0o755);
      records.set(here, { type: 'directory', mode: 0o755 });
      return here;
    }
    if (found.isDirectory()) {
      if (!records.has(here)) records.set(here, { type: 'directory', mode: found.mode & 0o1777 });
      return here;
    }
    if (!found.isSymbolicLink()) throw new Error(`"${here}" is needed as a directory, but a file is there`);
    if (links >= MAX_LINKS) throw new Error(`the symlinks at "${here}" go round in a circle`);
    return enter(resolveLink(here, readlinkSync(absolute(here))), links + 1);
  }

  /** The real path of `path` with its directory made and the last part taken as it is. */
  function locate(path: string): string {
    if (path === '') throw new Error('the root itself cannot be a file');
    const slash = path.lastIndexOf('/');
    const parent = enter(slash < 0 ? '' : path.slice(0, slash));
    const name = path.slice(slash + 1);
    return parent === '' ? name : `${parent}/${name}`;
  }

  /** Clears the way for a new file. */
  function remove(path: string): void {
    const found = lstatSync(absolute(path), { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isDirectory()) throw new Error(`"${path}" is a directory and cannot become a file`);
    unlinkSync(absolute(path));
    if (found.isSymbolicLink()) forgetDirectories();
  }

  /** A symlink that was followed to a directory may lead elsewhere from now on. */
  function forgetDirectories(): void {
    directories.clear();
    directories.set('', '');
  }

  return {
    records,

    directory(path, mode) {
      const real = enter(path);
      // The owner must be able to read, fill and remove the tree.
      if (real !== '') records.set(real, { type: 'directory', mode: (mode & 0o1777) | 0o700 });
    },

    file(path, facts) {
      const real = locate(path);
      remove(real);
      // Set-id bits would be a way to our user's rights, and an unreadable file could not be checked.
      const mode = (facts.mode & 0o777) | 0o400;
      const descriptor = openSync(absolute(real), NEW_FILE, 0o600);
      const hash = createHash('sha256');
      let sizeBytes = 0;
      return {
        write(bytes) {
          hash.update(bytes);
          for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
          sizeBytes += bytes.length;
        },
        close() {
          fchmodSync(descriptor, mode);
          futimesSync(descriptor, facts.mtimeSeconds, facts.mtimeSeconds);
          closeSync(descriptor);
          records.set(real, { type: 'file', mode, sizeBytes, sha256: hash.digest('hex') });
        },
      };
    },

    symlink(path, target) {
      if (target === '') throw new Error(`the symlink "${path}" leads nowhere`);
      const real = locate(path);
      if (lstatSync(absolute(real), { throwIfNoEntry: false })?.isDirectory()) return;
      remove(real);
      symlinkSync(target, absolute(real));
      records.set(real, { type: 'symlink', target });
    },

    hardLink(path, existing) {
      const source = locate(existing);
      const record = records.get(source);
      if (record === undefined || record.type === 'directory') {
        throw new Error(`the hard link "${path}" leads to "${existing}", which is not a file of this tree`);
      }
      const real = locate(path);
      if (real === source) return;
      remove(real);
      linkSync(absolute(source), absolute(real));
      records.set(real, record);
    },

    finish() {
      for (const [path, record] of records) {
        if (record.type === 'directory') chmodSync(absolute(path), record.mode);
      }
    },
  };
}

/** Where a symlink at `path` leads, as a path below the root without `..`. */
function resolveLink(path: string, target: string): string {
  const parts = target.startsWith('/') || dirname(path) === '.' ? [] : dirname(path).split('/');
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
