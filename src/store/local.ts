import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LivewrightError, systemErrorCode } from '../errors.ts';
import { readAction, writeAction } from './actions.ts';
import { createBlobs, setAside } from './blobs.ts';
import { explainDiskError, isOutOfSpace, storeUnusable } from './disk.ts';
import { defaultStoreDirectory, layoutOf } from './layout.ts';
import { cleanLocks, prepareDirectories } from './open.ts';
import type { Owner } from './owner.ts';
import { purgeRoot } from './purge.ts';
import { collectRefs } from './refs.ts';
import { writeRoot } from './roots.ts';
import { cleanStaging, createStaging } from './staging.ts';
import { createTrees } from './trees.ts';
import type { ActionRecord, Store } from './types.ts';
import { createRegistration, withoutUsers } from './users.ts';

export interface OpenStoreOptions {
  /** Told about damaged objects and leftovers that could not be removed. */
  readonly warn?: (message: string) => void;
  /** Called once if `purge` has to wait for a process that uses the store. */
  readonly onWait?: (user: Owner) => void;
}

/**
 * A store in a local directory. From the first look at an object until `close`, or until the process ends, the
 * process is registered as user and no purge deletes anything.
 */
export interface LocalStore extends Store {
  /** Removes what processes that no longer run have left: staging directories and locks. */
  cleanStale(): Promise<void>;
  /** Lets purges go on. The store may be used again, which registers again. */
  close(): Promise<void>;
}

/** Opens the store at `directory`, making it if need be. DISK_FULL or STORE_UNUSABLE if that cannot be. */
export async function openStore(
  directory = defaultStoreDirectory(),
  options: OpenStoreOptions = {},
): Promise<LocalStore> {
  const store = createStore(await withoutLinks(resolve(directory)), options);
  await store.prepare();
  await store.cleanStale();
  return store;
}

/** Mounts in the sandbox are found again by their real paths only; of a path that is not there yet, its parents' count. */
async function withoutLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || dirname(path) === path) return path;
    return join(await withoutLinks(dirname(path)), basename(path));
  }
}

/** Whatever the system says while the directory is made ready, it means that it cannot serve. */
async function explainOpenError(error: unknown, root: string): Promise<never> {
  if (error instanceof LivewrightError || isOutOfSpace(error)) throw await explainDiskError(error, root);
  throw storeUnusable(root, error);
}

function createStore(
  root: string,
  { warn = () => {}, onWait }: OpenStoreOptions,
): LocalStore & { prepare(): Promise<void> } {
  const layout = layoutOf(root);
  const staging = createStaging(layout, warn);
  const blobs = createBlobs({ layout, staging, warn });
  const trees = createTrees(layout, staging, blobs);
  const registration = createRegistration(layout);

  /** Says what a failing file system means for the store. */
  async function explained<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw await explainDiskError(error, root);
    }
  }
  /** A method that looks at or adds objects. */
  function asUser<A extends unknown[], T>(method: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    return (...args) =>
      explained(async () => {
        await registration.register();
        return method(...args);
      });
  }
  async function isComplete({ result }: ActionRecord): Promise<boolean> {
    const refs = collectRefs(result);
    const present = [...refs.blobs.map(blobs.has), ...refs.trees.map((tree) => trees.has({ tree }))];
    return (await Promise.all(present)).every(Boolean);
  }

  return {
    root,
    prepare: () => prepareDirectories(layout).catch((error) => explainOpenError(error, root)),
    getAction: asUser(async (key) => {
      const record = await readAction(layout, key, warn);
      return record && (await isComplete(record)) ? record : undefined;
    }),
    putAction: asUser((record) => writeAction(layout, staging, record)),
    hasBlob: asUser(blobs.has),
    findBlob: asUser(blobs.find),
    blobPath: asUser(blobs.path),
    putBytes: asUser(blobs.putBytes),
    putFile: asUser(blobs.putFile),
    hasTree: asUser(trees.has),
    treePath: asUser(trees.path),
    putTree: asUser(trees.put),
    readManifest: asUser(trees.readManifest),
    setAside: asUser(async ({ tree }, damaged) => {
      const paths = [layout.tree(tree), ...damaged.map((blob) => layout.blob(blob))];
      for (const path of paths) await setAside(path, layout, warn);
    }),
    async withStaging(action) {
      await explained(registration.register);
      return staging.withDirectory(action);
    },
    putRoot: asUser((buildDirectory, keys) => writeRoot(layout, staging, { directory: buildDirectory, keys })),
    async purge(buildDirectory) {
      if (staging.inUse > 0) throw new Error('purge was called while this store object is in use.');
      await registration.unregister();
      return explained(() => withoutUsers(layout, () => purgeRoot(buildDirectory, { layout, staging, warn }), onWait));
    },
    cleanStale: () =>
      explained(async () => {
        await cleanStaging(layout);
        await cleanLocks(layout);
      }),
    async close() {
      await registration.unregister();
      await staging.close();
    },
  };
}
