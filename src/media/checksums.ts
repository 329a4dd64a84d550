import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNew } from '../rootfs/place.ts';
import { listMedium, type MediumFile } from './mediumFiles.ts';
import type { ChecksumName } from './settings.ts';

export interface ChecksumOptions {
  readonly directory: string;
  readonly algorithms: readonly ChecksumName[];
  /** SHA-256 of files that need not be read again, by path on the medium (`live/filesystem.squashfs`). */
  readonly knownSha256?: ReadonlyMap<string, string>;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Writes `sha256sum.txt` and `sha256sum.README` for each algorithm. The lists cover every regular file but the lists
 * themselves and the boot images into which xorriso writes the place they are at. Returns the names of what was written.
 */
export async function writeChecksums(options: ChecksumOptions): Promise<string[]> {
  const { directory, algorithms } = options;
  if (algorithms.length === 0) return [];
  const files = (await listMedium(directory)).filter(({ path, kind }) => kind === 'file' && isListed(path));
  const lines = new Map<ChecksumName, string[]>(algorithms.map((algorithm) => [algorithm, []]));
  const totalBytes = await sumSizes(options, files);
  let doneBytes = 0;
  for (const { path } of files) {
    const sums = await hashFile(path, options, (bytes) => {
      doneBytes += bytes;
      options.onProgress?.(doneBytes, totalBytes);
    });
    for (const [algorithm, sum] of sums) lines.get(algorithm)?.push(formatLine(sum, path));
  }
  for (const [algorithm, list] of lines) {
    await writeNew(join(directory, `${algorithm}sum.txt`), list.join(''));
    await writeNew(join(directory, `${algorithm}sum.README`), explain(algorithm));
  }
  return algorithms.flatMap((algorithm) => [`${algorithm}sum.txt`, `${algorithm}sum.README`]);
}

/** The bytes that will be read. */
async function sumSizes(options: ChecksumOptions, files: readonly MediumFile[]): Promise<number> {
  const unread = files.filter(({ path }) => algorithmsToRead(path, options).length > 0);
  const stats = await Promise.all(unread.map(({ path }) => stat(join(options.directory, path))));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

function algorithmsToRead(path: string, { algorithms, knownSha256 }: ChecksumOptions): ChecksumName[] {
  return algorithms.filter((name) => name !== 'sha256' || knownSha256?.get(path) === undefined);
}

/** One pass over the file for all algorithms; none where the one sum is known. */
async function hashFile(path: string, options: ChecksumOptions, onBytes: (bytes: number) => void) {
  const known = options.knownSha256?.get(path);
  const sums = new Map<ChecksumName, string>(known === undefined ? [] : [['sha256', known]]);
  const hashes = algorithmsToRead(path, options).map((name): [ChecksumName, Hash] => [name, createHash(name)]);
  if (hashes.length > 0) {
    for await (const chunk of createReadStream(join(options.directory, path), { highWaterMark: 1 << 20 })) {
      for (const [, hash] of hashes) hash.update(chunk);
      onBytes(chunk.length);
    }
  }
  for (const [algorithm, hash] of hashes) sums.set(algorithm, hash.digest('hex'));
  return options.algorithms.map((algorithm) => [algorithm, sums.get(algorithm) ?? ''] as const);
}

const patchedImages = new Set([
  'isolinux/isolinux.bin',
  'boot/boot.bin',
  'boot/grub/stage2_eltorito',
  'boot/grub/grub_eltorito',
]);

function isListed(path: string): boolean {
  return !patchedImages.has(path) && !/(SUMS|sum\.txt|sum\.README)$/.test(path);
}

/** The text form of coreutils: a name with a backslash or a line's end is escaped, and the line begins with a backslash. */
function formatLine(sum: string, path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === path ? '' : '\\'}${sum}  ./${escaped}\n`;
}

function explain(algorithm: ChecksumName): string {
  return [
    `${algorithm}sum.txt lists the ${algorithm} checksum of every file on this medium.`,
    '',
    `To check the medium, start it with the boot parameter "verify-checksums", or run "${algorithm}sum -c ${algorithm}sum.txt" in its top directory.`,
    '',
  ].join('\n');
}
