import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { digestBytes } from './digest.ts';
import type { Digest } from './types.ts';

/**
 * The store on disk. `12…` stands for a SHA-256, sharded by its first two digits; OWNER for a process
 * (see owner.ts). A name in `ac`, `cas` or `trees` appears complete or not at all: it is renamed into place from
 * `tmp`, on the same file system.
 *
 *     STORE/                           mode 0700: trees hold set-user-id programs
 *     ├── CACHEDIR.TAG                 backup programs pass by
 *     ├── format                       "1"; another number is another layout
 *     ├── ac/12/12…                    action: what a step gave, canonical JSON, named by the step's key
 *     ├── cas/12/12…                   blob, mode 0444, named by its content
 *     ├── trees/12/12…/                tree, named by its manifest, which is the blob of the same name
 *     ├── roots/12….json               a build directory and the keys its builds used; named by its path's hash
 *     ├── tmp/OWNER/NONCE/             staging directories of one process
 *     ├── users/OWNER.NONCE            symlink to its own name: a process that may hold paths of objects
 *     ├── locks/12…                    symlink to OWNER.NONCE: who is making the result of that key
 *     ├── locks/purge                  the same: who is registering as user or deleting
 *     ├── serve-tools.json             which tools trees `lb serve` used last
 *     └── corrupt/12….NONCE            objects whose content was not what their name promised
 *
 * Nothing but `purge` ever deletes objects, and it does so only while it holds `locks/purge` and `users/` names no
 * other living process. Users register under the same lock, so an object that a process has seen stays.
 */
export interface Layout {
  readonly root: string;
  readonly formatFile: string;
  readonly tagFile: string;
  readonly staging: string;
  readonly users: string;
  readonly locks: string;
  readonly roots: string;
  readonly corrupt: string;
  readonly purgeLock: string;
  action(key: Digest): string;
  blob(digest: Digest): string;
  tree(digest: Digest): string;
  rootFile(buildDirectory: string): string;
}

export function layoutOf(root: string): Layout {
  const shard = (kind: string, digest: Digest) => join(root, kind, digest.slice(0, 2), digest);
  return {
    root,
    formatFile: join(root, 'format'),
    tagFile: join(root, 'CACHEDIR.TAG'),
    staging: join(root, 'tmp'),
    users: join(root, 'users'),
    locks: join(root, 'locks'),
    roots: join(root, 'roots'),
    corrupt: join(root, 'corrupt'),
    purgeLock: join(root, 'locks', 'purge'),
    action: (key) => shard('ac', key),
    blob: (digest) => shard('cas', digest),
    tree: (digest) => shard('trees', digest),
    rootFile: (buildDirectory) => join(root, 'roots', `${digestBytes(resolve(buildDirectory))}.json`),
  };
}

/** Where the lock of a step's key is; held by whoever is making its result. */
export function keyLockPath(storeRoot: string, key: Digest): string {
  return join(layoutOf(storeRoot).locks, key);
}

/** `$LIVEWRIGHT_STORE`, else `livewright` in `$XDG_CACHE_HOME`, else in `~/.cache`. */
export function defaultStoreDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env['LIVEWRIGHT_STORE']) return resolve(env['LIVEWRIGHT_STORE']);
  // The XDG base directory specification: a relative path in the variable is to be ignored.
  const cache = env['XDG_CACHE_HOME']?.startsWith('/') ? env['XDG_CACHE_HOME'] : join(homedir(), '.cache');
  return join(cache, 'livewright');
}
