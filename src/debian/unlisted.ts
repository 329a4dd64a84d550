import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { isFlat, suitePath } from './aptNames.ts';
import { type Compression, readDecompressed } from './decompress.ts';
import type { IndexOptions, Source } from './releases.ts';

const forms: readonly (readonly [extension: string, compression: Compression])[] = [
  ['.xz', 'xz'],
  ['.gz', 'gz'],
  ['', 'none'],
];

/**
 * The Release file that an archive without one would have: its lists of packages are fetched and put into the store, and
 * their sums written down. Undefined if it has no list either.
 */
export async function describeUnlisted(source: Source, options: IndexOptions): Promise<string | undefined> {
  const sums: string[] = [];
  for (const path of indexPaths(source)) {
    const found = await fetchIndex(source, path, options);
    if (found !== undefined) sums.push(...found);
  }
  if (sums.length === 0) return undefined;
  const names = isFlat(source.suite)
    ? ''
    : `Architectures: ${source.architectures.join(' ')}\nComponents: ${source.components.join(' ')}\n`;
  return `Date: Thu, 01 Jan 1970 00:00:00 UTC\n${names}SHA256:\n${sums.map((sum) => ` ${sum}\n`).join('')}`;
}

function indexPaths({ suite, components, architectures }: Source): string[] {
  if (isFlat(suite)) return ['Packages'];
  return components.flatMap((component) =>
    architectures.map((architecture) => `${component}/binary-${architecture}/Packages`),
  );
}

/** Lines `SHA256 SIZE PATH` of the list as it came and of the plain one. */
async function fetchIndex(source: Source, path: string, options: IndexOptions): Promise<string[] | undefined> {
  const { store, downloader, signal } = options;
  const base = [source.uri.replace(/\/+$/, ''), suitePath(source.suite)].filter(Boolean).join('/');
  for (const [extension, compression] of forms) {
    const lines = await store.withStaging(async (directory) => {
      const packed = join(directory, 'packed');
      const url = `${base}/${path}${extension}`;
      const fetched = await downloader.fetchToFile(url, packed, { signal }).catch(undefinedIfNotFound);
      if (fetched === undefined) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of readDecompressed({ path: packed }, compression)) chunks.push(chunk);
      const plain = await store.putBytes(Buffer.concat(chunks));
      return [`${fetched.sha256} ${fetched.sizeBytes} ${path}${extension}`, `${plain.blob} ${plain.sizeBytes} ${path}`];
    });
    if (lines !== undefined) return [...new Set(lines)];
  }
  return undefined;
}

function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof LivewrightError && error.code === 'MIRROR_NOT_FOUND') return undefined;
  throw error;
}
