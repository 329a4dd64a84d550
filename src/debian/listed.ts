import { LivewrightError } from '../errors.ts';
import type { Digest } from '../store/types.ts';
import { suitePath } from './aptNames.ts';
import type { Downloader, FetchToFileOptions } from './http.ts';
import type { VerifiedRelease } from './releases.ts';

/** A file that a verified Release file lists, and where it is to be had. */
export type ListedFile = {
  /** By hash where the archive offers it: a file stays readable while the mirror moves to the next state. */
  readonly url: string;
  /** By name, where `url` is by hash. */
  readonly plainUrl?: string;
  readonly sha256: Digest;
  readonly sizeBytes: number;
};

/** The file with that path below the suite (`main/Contents-all.gz`); undefined if the Release file does not list it. */
export function findListed({ source, release }: VerifiedRelease, path: string): ListedFile | undefined {
  const file = release.files.get(path);
  if (file === undefined) return undefined;
  const { sha256, sizeBytes } = file;
  const base = [source.uri.replace(/\/+$/, ''), suitePath(source.suite)].filter(Boolean).join('/');
  const plainUrl = `${base}/${path}`;
  if (!release.acquireByHash) return { url: plainUrl, sha256, sizeBytes };
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  return { url: `${base}/${directory}by-hash/SHA256/${sha256}`, plainUrl, sha256, sizeBytes };
}

/** Fetches it to `path`, checked. As apt: by name if it is not there by hash, since some mirrors carry those in part only. */
export async function fetchListed(
  downloader: Downloader,
  { url, plainUrl, sha256, sizeBytes }: ListedFile,
  { path, ...options }: Pick<FetchToFileOptions, 'signal' | 'onProgress'> & { readonly path: string },
): Promise<void> {
  const checked = { ...options, expectedSha256: sha256, expectedSizeBytes: sizeBytes };
  await downloader.fetchToFile(url, path, checked).catch((error: unknown) => {
    if (plainUrl === undefined || !isNotFound(error)) throw error;
    return downloader.fetchToFile(plainUrl, path, checked);
  });
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof LivewrightError && error.code === 'MIRROR_NOT_FOUND';
