import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, systemErrorCode } from '../errors.ts';
import type { BlobRef, Digest, Store } from '../store/types.ts';
import { checksValidUntil } from './aptConf.ts';
import { aptListFileName, isFlat, suitePath } from './aptNames.ts';
import { type Compression, readDecompressed } from './decompress.ts';
import type { Downloader } from './http.ts';
import { diskFull, hashMismatch, redact } from './httpErrors.ts';
import { getInRelease } from './inRelease.ts';
import type { Keyring } from './keys.ts';
import { parseRelease, type Release, type ReleaseFile, requireFresh } from './release.ts';
import { type Signer, verifyInRelease } from './signature.ts';

/** One line of sources.list. */
export interface Source {
  /** The archive's address: `http:`, `https:` or `file:`. */
  readonly uri: string;
  readonly suite: string;
  /** Empty for a flat archive, whose suite ends with a slash. */
  readonly components: readonly string[];
  readonly architectures: readonly string[];
  /** The keys that may sign this source; default: `keys` of the options. */
  readonly keys?: Keyring;
}

export interface IndexOptions {
  readonly downloader: Downloader;
  readonly store: Store;
  readonly signal?: AbortSignal | undefined;
}

export interface ReleaseOptions extends IndexOptions {
  readonly keys: Keyring;
  /** Default: see `checksValidUntil`. */
  readonly checkValidUntil?: boolean;
  readonly now?: Date;
}

/** A source whose InRelease bears a good signature. */
export interface VerifiedRelease {
  readonly source: Source;
  readonly release: Release;
  readonly signers: readonly Signer[];
  /** The InRelease file as it came. */
  readonly inRelease: BlobRef;
  /** Its name below /var/lib/apt/lists. */
  readonly listName: string;
}

/** A Packages index, plain, in the store. */
export interface PackagesFile {
  readonly uri: string;
  readonly component: string;
  readonly architecture: string;
  readonly blob: BlobRef;
  /** Its name below /var/lib/apt/lists. */
  readonly listName: string;
}

/**
 * Gets the InRelease of every source, in their order, and checks signature and age. Sources that share a file ask for
 * it once. Throws the downloader's errors, SIGNATURE_INVALID and RELEASE_FORMAT.
 */
export async function fetchReleases(
  sources: readonly Source[],
  options: ReleaseOptions,
): Promise<readonly VerifiedRelease[]> {
  const isChecked = options.checkValidUntil ?? (await checksValidUntil());
  const files = new Map<string, ReturnType<typeof getInRelease>>();
  const pending = sources.map(async (source): Promise<VerifiedRelease> => {
    const path = `${suitePath(source.suite)}/InRelease`.replace(/^\//, '');
    const url = `${source.uri.replace(/\/+$/, '')}/${path}`;
    const file = files.get(url) ?? getInRelease(url, source, options);
    files.set(url, file);
    const { text, blob } = await file;
    const where = { url: redact(url), ...(options.now && { now: options.now }) };
    const signed = await verifyInRelease(text, source.keys ?? options.keys, where);
    const release = parseRelease(signed.text, where.url);
    if (isChecked) requireFresh(release, where);
    const listName = aptListFileName(source.uri, path);
    return { source, release, signers: signed.signers, inRelease: blob, listName };
  });
  return Promise.all(pending);
}

/** What is done and what there is to do, over all indices of the call. */
export type OnBytes = (doneBytes: number, totalBytes: number, item: string) => void;

/**
 * Gets the Packages indices of a verified release as plain blobs, one per component and architecture, in that order.
 * What the store has is not fetched again. Throws MIRROR_NOT_FOUND for a component or architecture it does not have.
 */
export async function fetchPackages(
  verified: VerifiedRelease,
  options: IndexOptions & { readonly onProgress?: OnBytes },
): Promise<readonly PackagesFile[]> {
  const wanted = wantedIndices(verified);
  const total = wanted.reduce((sum, index) => sum + index.download.file.sizeBytes, 0);
  const done = new Map<string, number>();
  const report = (index: WantedIndex, doneBytes: number) => {
    done.set(index.path, doneBytes);
    options.onProgress?.(
      [...done.values()].reduce((sum, bytes) => sum + bytes, 0),
      total,
      index.path,
    );
  };
  return Promise.all(
    wanted.map(async (index) => {
      const { component, architecture, listName } = index;
      const blob = await getIndex(index, verified, { ...options, report: (bytes) => report(index, bytes) });
      report(index, index.download.file.sizeBytes);
      return { uri: verified.source.uri, component, architecture, blob, listName };
    }),
  );
}

interface WantedIndex {
  readonly component: string;
  readonly architecture: string;
  /** Of the plain file, relative to the Release file. */
  readonly path: string;
  readonly plain: ReleaseFile;
  readonly download: { readonly path: string; readonly file: ReleaseFile; readonly compression: Compression };
  readonly listName: string;
}

function wantedIndices({ source, release }: VerifiedRelease): readonly WantedIndex[] {
  if (isFlat(source.suite)) return [wantIndex(source, release, { component: '', architecture: '', path: 'Packages' })];
  for (const component of source.components) {
    // Only dists/SUITE/updates archives name their components with a prefix (Components: updates/main).
    const isKnown = release.components.some((known) => known === component || known.endsWith(`/${component}`));
    if (!isKnown) throw missing(source, `the component "${component}"`, release.components);
  }
  return source.components.flatMap((component) =>
    architecturesOf(source, release).map((architecture) =>
      wantIndex(source, release, { component, architecture, path: `${component}/binary-${architecture}/Packages` }),
    ),
  );
}

/** Archives that keep packages of architecture `all` in an index of their own need that one too. */
function architecturesOf(source: Source, release: Release): readonly string[] {
  for (const architecture of source.architectures) {
    if (!release.architectures.includes(architecture)) {
      throw missing(source, `the architecture "${architecture}"`, release.architectures);
    }
  }
  return release.allIsInEveryArchitecture ? source.architectures : [...new Set([...source.architectures, 'all'])];
}

const FORMS: readonly (readonly [extension: string, compression: Compression])[] = [
  ['.xz', 'xz'],
  ['.gz', 'gz'],
  ['', 'none'],
];

function wantIndex(
  source: Source,
  release: Release,
  index: Pick<WantedIndex, 'component' | 'architecture' | 'path'>,
): WantedIndex {
  const plain = release.files.get(index.path);
  for (const [extension, compression] of FORMS) {
    const path = `${index.path}${extension}`;
    const file = release.files.get(path);
    if (file !== undefined && plain !== undefined) {
      const listPath = `${suitePath(source.suite)}/${index.path}`.replace(/^\//, '');
      return {
        ...index,
        plain,
        download: { path, file, compression },
        listName: aptListFileName(source.uri, listPath),
      };
    }
  }
  throw missing(source, `the index "${index.path}"`, []);
}

interface GetIndexOptions extends IndexOptions {
  readonly report: (doneBytes: number) => void;
}

async function getIndex(index: WantedIndex, verified: VerifiedRelease, options: GetIndexOptions): Promise<BlobRef> {
  const { store, downloader, signal, report } = options;
  const present = await store.findBlob(index.plain.sha256);
  if (present?.sizeBytes === index.plain.sizeBytes) return present;
  return store.withStaging(async (directory) => {
    const packed = join(directory, 'packed');
    const { path, file, compression } = index.download;
    const url = indexUrl(verified, path, file.sha256);
    await downloader.fetchToFile(url, packed, {
      expectedSha256: file.sha256,
      expectedSizeBytes: file.sizeBytes,
      signal,
      onProgress: report,
    });
    if (compression === 'none') return store.putFile(packed);
    const plain = join(directory, 'plain');
    await unpackIndex({ packed, plain, compression, url }, index.plain);
    return store.putFile(plain);
  });
}

/** Where a file is to be had that the Release file lists (`main/Contents-all.gz`); undefined if it does not list it. */
export function findListed(verified: VerifiedRelease, path: string): (ReleaseFile & { url: string }) | undefined {
  const file = verified.release.files.get(path);
  return file && { ...file, url: indexUrl(verified, path, file.sha256) };
}

/** By hash where the archive offers it: an index stays readable while the mirror moves to the next state. */
function indexUrl({ source, release }: VerifiedRelease, path: string, sha256: Digest): string {
  const base = [source.uri.replace(/\/+$/, ''), suitePath(source.suite)].filter(Boolean).join('/');
  if (!release.acquireByHash) return `${base}/${path}`;
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  return `${base}/${directory}by-hash/SHA256/${sha256}`;
}

interface UnpackIndex {
  readonly packed: string;
  readonly plain: string;
  readonly compression: Compression;
  readonly url: string;
}

async function unpackIndex({ packed, plain, compression, url }: UnpackIndex, expected: ReleaseFile): Promise<void> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(plain, 'wx');
  try {
    for await (const chunk of readDecompressed({ path: packed }, compression)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > expected.sizeBytes) break;
      await writeOrSayFull(file, chunk, plain);
    }
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  if (sha256 === expected.sha256) return;
  const { sha256: expectedSha256, sizeBytes: expectedSizeBytes } = expected;
  throw hashMismatch(url, { expectedSha256, expectedSizeBytes, sha256, sizeBytes });
}

async function writeOrSayFull(file: FileHandle, chunk: Buffer, path: string): Promise<void> {
  try {
    await file.write(chunk);
  } catch (error) {
    throw systemErrorCode(error) === 'ENOSPC' ? diskFull(path, error) : error;
  }
}

function missing(source: Source, what: string, known: readonly string[]): LivewrightError {
  return new LivewrightError('MIRROR_NOT_FOUND', {
    message: `The suite "${source.suite}" of ${redact(source.uri)} does not have ${what}.`,
    hint: known.length > 0 ? `It has: ${known.join(' ')}.` : 'Name another mirror.',
    data: { uri: redact(source.uri), suite: source.suite },
  });
}
