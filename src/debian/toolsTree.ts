import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store, TreeRef } from '../store/types.ts';
import { closePackages } from './closure.ts';
import { unpackDeb } from './deb.ts';
import { type LockedPackage, lockPackage, withDebs } from './debs.ts';
import type { Downloader } from './http.ts';
import { fetchPackages } from './indices.ts';
import type { Keyring } from './keys.ts';
import { formatManifest } from './manifest.ts';
import { indexPackages } from './packages.ts';
import { fetchReleases, type Source } from './releases.ts';
import { isUnwanted, writeToolsFiles, writeUsrLinks } from './toolsFiles.ts';
import type { ToolsArchitecture, ToolsSpec } from './toolsSpec.ts';
import { createTreeWriter, type TreeWriter } from './treeWriter.ts';

export type ToolsPhase = 'indices' | 'download' | 'unpack';

/** Bytes for `indices` and `download`, packages for `unpack`; download and unpack overlap. */
export type OnToolsProgress = (phase: ToolsPhase, done: number, total: number, item: string) => void;

export interface ToolsContext {
  readonly store: Store;
  readonly downloader: Downloader;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnToolsProgress | undefined;
  /** Paths that are left out. Default: documentation and the like. */
  readonly exclude?: (path: string) => boolean;
}

export interface ResolveToolsOptions extends ToolsContext {
  /** Where the tools come from; its architectures are those of the tree. */
  readonly source: Source;
  readonly keys: Keyring;
  readonly spec: ToolsSpec;
  readonly checkValidUntil?: boolean;
}

/** Which packages, in which versions, the tree consists of now: the lock that a step is keyed by. */
export async function resolveToolsTree(options: ResolveToolsOptions): Promise<readonly LockedPackage[]> {
  const { source, store, onProgress, spec } = options;
  const releases = await fetchReleases([source], options);
  const texts = [];
  for (const release of releases) {
    const files = await fetchPackages(release, {
      ...options,
      onProgress: (done, total, item) => onProgress?.('indices', done, total, item),
    });
    for (const { uri, blob, listName } of files) {
      texts.push({ uri, path: listName, text: await readFile(await store.blobPath(blob)) });
    }
  }
  return closePackages(indexPackages(texts), spec.names, spec).map(lockPackage);
}

/**
 * Makes the tree of a lock: packages downloaded into the store (in parallel, verified, what is there is reused) and
 * unpacked as plain files in the lock's order, without documentation, and with the few files that maintainer scripts
 * would make. The same lock gives the same tree, byte for byte.
 */
export async function unpackToolsTree(
  lock: readonly LockedPackage[],
  architecture: ToolsArchitecture,
  context: ToolsContext,
): Promise<TreeRef> {
  const { store, onProgress } = context;
  return store.withStaging(async (staging) => {
    const root = join(staging, 'tree');
    await mkdir(root, { mode: 0o755 });
    const writer = createTreeWriter(root);
    writeUsrLinks(writer, architecture);
    const onBytes = (done: number, total: number, item: string) => onProgress?.('download', done, total, item);
    await withDebs(lock, { ...context, onProgress: onBytes }, (blobs, signal) =>
      unpackAll(lock, blobs, { ...context, signal, writer }),
    );
    writeToolsFiles(writer, root);
    writer.finish();
    return store.putTree(root, formatManifest(writer.records));
  });
}

interface UnpackContext extends ToolsContext {
  readonly writer: TreeWriter;
}

/** One after the other, in the lock's order: where two packages hold the same path, the later one wins. */
async function unpackAll(
  lock: readonly LockedPackage[],
  blobs: readonly Promise<{ readonly blob: LockedPackage['sha256']; readonly sizeBytes: number }>[],
  { store, writer, signal, onProgress, exclude = isUnwanted }: UnpackContext,
): Promise<void> {
  for (const [i, { name }] of lock.entries()) {
    onProgress?.('unpack', i, lock.length, name);
    const ref = await blobs[i]!;
    await unpackDeb(await store.blobPath(ref), writer, { exclude, signal });
  }
  onProgress?.('unpack', lock.length, lock.length, '');
}

/** Resolves and unpacks in one go. */
export async function buildToolsTree(
  options: ResolveToolsOptions & { readonly architecture: ToolsArchitecture },
): Promise<TreeRef> {
  return unpackToolsTree(await resolveToolsTree(options), options.architecture, options);
}
