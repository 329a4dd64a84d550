import { createHash } from 'node:crypto';
import type { BigIntStats, Stats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { lstat, lutimes, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { namesOfThisMachine } from './buildTime.ts';
import { type ManifestEntry, writeManifest } from './manifest.ts';
import type { Xattrs } from './xattrs.ts';

export interface SealOptions {
  /** The upper directory that a step has written. */
  readonly directory: string;
  /** Nothing in the layer is younger than this: SOURCE_DATE_EPOCH. */
  readonly epochSeconds: number;
  /** Files lent to the step: a copy that the step did not change does not belong to the layer, nor a changed `namesOfThisMachine`. */
  readonly buildTimeLayer?: string;
  readonly xattrs?: ReadonlyMap<string, Xattrs>;
  /** SHA-256 of files that need not be read again, by path. */
  readonly knownSha256?: ReadonlyMap<string, string>;
}

/** Small files are read at once, larger ones streamed. */
const STREAM_FROM_BYTES = 1 << 20;

/**
 * Makes a written directory a layer: drops unchanged copies of build-time files, sets every time later than the epoch
 * to the epoch, and returns the manifest's text.
 */
export async function sealLayer(options: SealOptions): Promise<string> {
  if (options.buildTimeLayer !== undefined) await dropUnchanged(options.directory, options.buildTimeLayer, '');
  const entries: ManifestEntry[] = [];
  const firstNames = new Map<string, string>();
  await sealEntry('.', { options, entries, firstNames });
  return writeManifest(entries);
}

interface Sealing {
  readonly options: SealOptions;
  readonly entries: ManifestEntry[];
  /** Device and inode of a file with several names -> the first name met. */
  readonly firstNames: Map<string, string>;
}

async function sealEntry(path: string, sealing: Sealing): Promise<void> {
  const { options, entries } = sealing;
  const fullPath = join(options.directory, path);
  const stats = await lstat(fullPath, { bigint: true });
  if (stats.isDirectory()) {
    // In the order of bytes, so that "the first name of a hard link" means the same in every build.
    const names = (await readdir(fullPath, { encoding: 'buffer' })).toSorted(Buffer.compare);
    for (const bytes of names) {
      const name = decodeName(bytes, path);
      await sealEntry(path === '.' ? name : `${path}/${name}`, sealing);
    }
  }
  const mtimeSeconds = Math.min(Number(stats.mtimeMs / 1000n), options.epochSeconds);
  // Whole seconds: squashfs and ISO 9660 keep no more, and the layer must not know more than its manifest.
  if (stats.mtimeNs !== BigInt(mtimeSeconds) * 1_000_000_000n) await lutimes(fullPath, mtimeSeconds, mtimeSeconds);
  const xattrs = options.xattrs?.get(path);
  entries.push({
    path,
    ...(await describe(fullPath, path, stats, sealing)),
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtimeSeconds,
    ...(xattrs === undefined ? {} : { xattrs }),
  });
}

/** Manifests are text. Debian's own packages have no other names either. */
function decodeName(bytes: Buffer, directory: string): string {
  const name = bytes.toString();
  if (Buffer.from(name).equals(bytes)) return name;
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `The name "${bytes.toString('latin1')}" in /${directory === '.' ? '' : directory} of the system is not UTF-8.`,
    hint: 'Rename the file, or have a hook do so.',
    data: { directory, bytes: bytes.toString('hex') },
  });
}

type Description = Pick<ManifestEntry, 'type' | 'sizeBytes' | 'content'>;

async function describe(fullPath: string, path: string, stats: BigIntStats, sealing: Sealing): Promise<Description> {
  const sizeBytes = Number(stats.size);
  if (stats.isDirectory()) return { type: 'd', sizeBytes: 0, content: '' };
  if (stats.isSymbolicLink()) return { type: 'l', sizeBytes, content: await readlink(fullPath) };
  if (stats.isFile()) {
    const id = `${stats.dev}:${stats.ino}`;
    const first = stats.nlink > 1n ? sealing.firstNames.get(id) : undefined;
    if (first !== undefined) return { type: 'f', sizeBytes, content: `=${first}` };
    sealing.firstNames.set(id, path);
    return {
      type: 'f',
      sizeBytes,
      content: sealing.options.knownSha256?.get(path) ?? (await hashFile(fullPath, sizeBytes)),
    };
  }
  if (stats.isFIFO()) return { type: 'p', sizeBytes: 0, content: '' };
  if (stats.isSocket()) return { type: 's', sizeBytes: 0, content: '' };
  // Overlayfs marks what a layer deletes with a character device 0:0 (Documentation/filesystems/overlayfs.rst).
  if (stats.isCharacterDevice() && stats.rdev === 0n) return { type: 'w', sizeBytes: 0, content: '' };
  const content = `${(stats.rdev >> 8n) & 0xfffn}:${(stats.rdev & 0xffn) | ((stats.rdev >> 12n) & 0xfff00n)}`;
  return { type: stats.isCharacterDevice() ? 'c' : 'b', sizeBytes: 0, content };
}

export async function hashFile(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (sizeBytes < STREAM_FROM_BYTES) hash.update(await readFile(path));
  else await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Removes from `directory` what is the same as in `lent`. */
async function dropUnchanged(directory: string, lent: string, path: string): Promise<void> {
  for (const entry of await readdir(join(lent, path), { withFileTypes: true })) {
    const inner = join(path, entry.name);
    const copy = join(directory, inner);
    const stats = await orIfAbsent(lstat(copy), undefined);
    if (stats === undefined) continue;
    if (entry.isDirectory() && stats.isDirectory()) await dropUnchanged(directory, lent, inner);
    else if (namesOfThisMachine.includes(inner)) await dropUnlessLink(copy, stats);
    else if (entry.isFile() && stats.isFile() && (await sameContent(copy, join(lent, inner)))) await rm(copy);
  }
}

/** A link says nothing of this machine, and is what packages such as systemd-resolved want there. */
async function dropUnlessLink(path: string, stats: Stats): Promise<void> {
  if (!stats.isSymbolicLink() && !stats.isDirectory()) await rm(path);
}

async function sameContent(a: string, b: string): Promise<boolean> {
  const [statsA, statsB] = await Promise.all([lstat(a), lstat(b)]);
  if (statsA.size !== statsB.size) return false;
  const [bytesA, bytesB] = await Promise.all([readFile(a), readFile(b)]);
  return bytesA.equals(bytesB);
}
