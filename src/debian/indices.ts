import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, systemErrorCode } from '../errors.ts';
import type { BlobRef } from '../store/types.ts';
import { aptListFileName, isFlat, suitePath } from './aptNames.ts';
import { type Compression, readDecompressed } from './decompress.ts';
import { diskFull, hashMismatch, redact } from './httpErrors.ts';
import { fetchListed, findListed } from './listed.ts';
import type { Release, ReleaseFile } from './release.ts';
import type { IndexOptions, Source, VerifiedRelease } from './releases.ts';

/** A Packages index, plain, in the store. */
export interface PackagesFile {
  readonly uri: string;
  readonly component: string;
  readonly architecture: string;
  readonly blob: BlobRef;
  /** Its name below /var/lib/apt/lists. */
  readonly listName: string;
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

/**
 * Gets the Sources indices of a verified release as plain blobs, one per component. Throws MIRROR_NOT_FOUND for a
 * component whose sources the archive does not have.
 */
export async function fetchSources(verified: VerifiedRelease, options: IndexOptions): Promise<readonly BlobRef[]> {
  const { source, release } = verified;
  const wanted = source.components.map((component) => {
    const index = { component, architecture: 'source', path: `${component}/source/Sources` };
    return wantIndex(source, release, index) ?? refuseIndex(source, index.path);
  });
  return Promise.all(wanted.map((index) => getIndex(index, verified, { ...options, report: () => undefined })));
}

interface WantedIndex {
  readonly component: string;
  readonly architecture: string;
  /** Of the plain file, relative to the Release file. */
  readonly path: string;
  readonly plain: ReleaseFile | undefined;
  readonly download: { readonly path: string; readonly file: ReleaseFile; readonly compression: Compression };
  readonly listName: string;
}

function wantedIndices({ source, release }: VerifiedRelease): readonly WantedIndex[] {
  if (isFlat(source.suite)) {
    const index = { component: '', architecture: '', path: 'Packages' };
    return [wantIndex(source, release, index) ?? refuseIndex(source, index.path)];
  }
  for (const component of release.components.length > 0 ? source.components : []) {
    // Only dists/SUITE/updates archives name their components with a prefix (Components: updates/main).
    // The installer's packages have lists of their own below an area: main/debian-installer.
    const area = component.replace(/\/debian-installer$/, '');
    const isKnown = release.components.some((known) => known === area || known.endsWith(`/${area}`));
    if (!isKnown) throw missing(source, `the component "${component}"`, release.components);
  }
  return source.components.flatMap((component) =>
    architecturesOf(source, release).flatMap((architecture) => {
      const path = `${component}/binary-${architecture}/Packages`;
      const index = wantIndex(source, release, { component, architecture, path });
      if (index === undefined && !source.mayLackArchitectures) refuseIndex(source, path);
      return index ?? [];
    }),
  );
}

function refuseIndex(source: Source, path: string): never {
  throw missing(source, `the index "${path}"`, []);
}

/** Archives that keep packages of architecture `all` in an index of their own need that one too. */
function architecturesOf(source: Source, release: Release): readonly string[] {
  const { architectures: known } = release;
  const isKnown = (architecture: string) => known.length === 0 || known.includes(architecture);
  const unknown = source.architectures.find((architecture) => !isKnown(architecture));
  if (unknown !== undefined && !source.mayLackArchitectures) {
    throw missing(source, `the architecture "${unknown}"`, known);
  }
  const wanted = source.architectures.filter(isKnown);
  return release.allIsInEveryArchitecture ? wanted : [...new Set([...wanted, 'all'])];
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
): WantedIndex | undefined {
  const plain = release.files.get(index.path);
  for (const [extension, compression] of FORMS) {
    const path = `${index.path}${extension}`;
    const file = release.files.get(path);
    if (file !== undefined) {
      const listPath = `${suitePath(source.suite)}/${index.path}`.replace(/^\//, '');
      return {
        ...index,
        plain,
        download: { path, file, compression },
        listName: aptListFileName(source.uri, listPath),
      };
    }
  }
  return undefined;
}

interface GetIndexOptions extends IndexOptions {
  readonly report: (doneBytes: number) => void;
}

async function getIndex(index: WantedIndex, verified: VerifiedRelease, options: GetIndexOptions): Promise<BlobRef> {
  const { store, downloader, signal, report } = options;
  const present = index.plain && (await store.findBlob(index.plain.sha256));
  if (present !== undefined && present.sizeBytes === index.plain?.sizeBytes) return present;
  return store.withStaging(async (directory) => {
    const packed = join(directory, 'packed');
    const { path, compression } = index.download;
    const file = findListed(verified, path)!;
    await fetchListed(downloader, file, { path: packed, signal, onProgress: report });
    if (compression === 'none') return store.putFile(packed);
    const plain = join(directory, 'plain');
    await unpackIndex({ packed, plain, compression, url: file.url }, index.plain);
    return store.putFile(plain);
  });
}

const MAX_INDEX_BYTES = 1 << 30;

interface UnpackIndex {
  readonly packed: string;
  readonly plain: string;
  readonly compression: Compression;
  readonly url: string;
}

/** Small archives list only the packed form, whose sum was checked; then `expected` is undefined. */
async function unpackIndex(
  { packed, plain, compression, url }: UnpackIndex,
  expected: ReleaseFile | undefined,
): Promise<void> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(plain, 'wx');
  try {
    for await (const chunk of readDecompressed({ path: packed }, compression)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > (expected?.sizeBytes ?? MAX_INDEX_BYTES)) break;
      await writeOrSayFull(file, chunk, plain);
    }
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  if (expected === undefined && sizeBytes <= MAX_INDEX_BYTES) return;
  if (expected === undefined) throw new Error(`the index ${url} is larger than ${MAX_INDEX_BYTES} bytes`);
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
