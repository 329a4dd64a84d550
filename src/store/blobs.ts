import { chmod, copyFile, lstat, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LivewrightError, orIfAbsent, systemErrorCode } from '../errors.ts';
import { writeDurably } from './atomic.ts';
import { digestBytes, digestFile } from './digest.ts';
import type { Layout } from './layout.ts';
import { newNonce } from './owner.ts';
import type { Staging } from './staging.ts';
import type { BlobRef, Digest } from './types.ts';

export interface Blobs {
  has(ref: BlobRef): Promise<boolean>;
  find(digest: Digest): Promise<BlobRef | undefined>;
  /** Path after checking content; throws STORE_CORRUPT if absent or wrong. */
  path(ref: BlobRef): Promise<string>;
  putBytes(bytes: Uint8Array | string): Promise<BlobRef>;
  putFile(path: string): Promise<BlobRef>;
}

export interface BlobsOptions {
  readonly layout: Layout;
  readonly staging: Staging;
  readonly warn: (message: string) => void;
}

export function createBlobs(options: BlobsOptions): Blobs {
  const { layout, staging } = options;
  const isSound = createVerifier(options);

  async function find(digest: Digest): Promise<BlobRef | undefined> {
    const entry = await orIfAbsent(stat(layout.blob(digest)), undefined);
    return entry?.isFile() ? { blob: digest, sizeBytes: entry.size } : undefined;
  }
  async function has(ref: BlobRef): Promise<boolean> {
    return (await find(ref.blob))?.sizeBytes === ref.sizeBytes;
  }
  async function publish(temporary: string, ref: BlobRef): Promise<BlobRef> {
    const path = layout.blob(ref.blob);
    await mkdir(dirname(path), { recursive: true });
    // Over one that someone else was first with: the same bytes, unless it was damaged, and then this mends it.
    await rename(temporary, path);
    isSound.remember(ref.blob);
    return ref;
  }
  return {
    find,
    has,
    async path(ref) {
      if (!(await has(ref)) || !(await isSound.check(ref.blob))) throw blobCorrupt(layout, ref);
      return layout.blob(ref.blob);
    },
    async putBytes(bytes) {
      const ref = { blob: digestBytes(bytes), sizeBytes: Buffer.byteLength(bytes) };
      if ((await has(ref)) && (await isSound.check(ref.blob))) return ref;
      const temporary = await staging.newPath();
      await writeDurably(temporary, bytes, 0o444);
      return publish(temporary, ref);
    },
    async putFile(path) {
      const temporary = await staging.newPath();
      await moveFile(path, temporary);
      // Side by side: of a large image, the disk takes as long to take it in as a processor to hash it.
      const [digest] = await Promise.all([digestFile(temporary), syncFile(temporary)]);
      return publish(temporary, digest);
    },
  };
}

/** Takes a file over, so that nobody who knows its old name can change it between hashing and publishing. */
async function moveFile(from: string, to: string): Promise<void> {
  if (!(await lstat(from)).isFile()) throw new Error(`${from} is not a regular file.`);
  await rename(from, to).catch(async (error: unknown) => {
    if (systemErrorCode(error) !== 'EXDEV') throw error;
    await copyFile(from, to);
    await unlink(from);
  });
  await chmod(to, 0o444);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

/** Checks the content of each blob once per process; one that is wrong is moved to `corrupt/`. */
function createVerifier({ layout, warn }: BlobsOptions) {
  const known = new Map<Digest, Promise<boolean>>();

  async function verify(digest: Digest): Promise<boolean> {
    const path = layout.blob(digest);
    const actual = await orIfAbsent(digestFile(path), undefined);
    if (actual?.blob === digest) return true;
    known.delete(digest);
    if (actual) await setAside(path, layout, warn);
    return false;
  }
  return {
    check(digest: Digest): Promise<boolean> {
      const result = known.get(digest) ?? verify(digest);
      known.set(digest, result);
      result.catch(() => known.delete(digest));
      return result;
    },
    remember(digest: Digest): void {
      known.set(digest, Promise.resolve(true));
    },
  };
}

/** Moves a damaged object to `corrupt/`, where it can be looked at; from then on it counts as absent. */
export async function setAside(path: string, layout: Layout, warn: (message: string) => void): Promise<void> {
  const aside = join(layout.corrupt, `${basename(path)}.${newNonce()}`);
  await orIfAbsent(rename(path, aside), undefined);
  warn(`${path} was damaged and has been moved to ${aside}.`);
}

function blobCorrupt(layout: Layout, { blob, sizeBytes }: BlobRef): LivewrightError {
  return new LivewrightError('STORE_CORRUPT', {
    message: `The object ${blob} is missing or damaged in the store ${layout.root}.`,
    hint: 'Run the command again: what made it will run again.',
    data: { blob, sizeBytes, store: layout.root },
  });
}
