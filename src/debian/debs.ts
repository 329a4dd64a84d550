import { join } from 'node:path';
import type { BlobRef, Digest, Store } from '../store/types.ts';
import type { Downloader } from './http.ts';
import type { OnBytes } from './indices.ts';
import { type Package, urlOf } from './packages.ts';

/** One package of a lock: which bytes, and where they can be had. Plain JSON, fit for a step's inputs. */
export type LockedPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: Digest;
  readonly sizeBytes: number;
  readonly url: string;
};

export function lockPackage(found: Package): LockedPackage {
  const { name, version, architecture, sha256, sizeBytes } = found;
  return { name, version, architecture, sha256, sizeBytes, url: urlOf(found) };
}

/** Where the store has it, once it is fetched. */
export const debOf = ({ sha256, sizeBytes }: LockedPackage): BlobRef => ({ blob: sha256, sizeBytes });

export interface FetchDebsOptions {
  readonly store: Store;
  readonly downloader: Downloader;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnBytes | undefined;
}

/** Brings the packages into the store, in parallel, each verified; gives their blobs in the lock's order. */
export function fetchDebs(lock: readonly LockedPackage[], options: FetchDebsOptions): Promise<readonly BlobRef[]> {
  return withDebs(lock, options, (blobs) => Promise.all(blobs));
}

/**
 * Starts bringing the packages into the store and lets `action` use them as they come. When one of them fails, the
 * others and `action` (by its signal) are stopped; nothing of it runs any more when this ends.
 */
export async function withDebs<T>(
  lock: readonly LockedPackage[],
  options: FetchDebsOptions,
  action: (blobs: readonly Promise<BlobRef>[], signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const report = createCounter(lock, options.onProgress);
  const blobs = lock.map((locked) => fetchDeb(locked, { ...options, signal }, (bytes) => report(locked, bytes)));
  const running = action(blobs, signal);
  try {
    // A failure must end the whole at once, even while `action` waits for an earlier package.
    return await Promise.race([running, failureOf(blobs)]);
  } finally {
    stop.abort();
    await Promise.allSettled([...blobs, running]);
  }
}

async function fetchDeb(
  { sha256, sizeBytes, url }: LockedPackage,
  { store, downloader, signal }: FetchDebsOptions,
  report: (doneBytes: number) => void,
): Promise<BlobRef> {
  const ref = { blob: sha256, sizeBytes };
  if (!(await store.hasBlob(ref))) {
    await store.withStaging(async (directory) => {
      const path = join(directory, 'deb');
      await downloader.fetchToFile(url, path, {
        expectedSha256: sha256,
        expectedSizeBytes: sizeBytes,
        signal,
        onProgress: report,
      });
      await store.putFile(path);
    });
  }
  report(sizeBytes);
  return ref;
}

/** Rejects with the first failure; never settles otherwise. */
function failureOf(promises: readonly Promise<unknown>[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const promise of promises) promise.catch(reject);
  });
}

function createCounter(lock: readonly LockedPackage[], onProgress: OnBytes | undefined) {
  const total = lock.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const done = new Map<LockedPackage, number>();
  let sum = 0;
  return (locked: LockedPackage, doneBytes: number) => {
    sum += doneBytes - (done.get(locked) ?? 0);
    done.set(locked, doneBytes);
    onProgress?.(sum, total, locked.name);
  };
}
