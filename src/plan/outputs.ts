import { chmod, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import { orIfAbsent } from '../errors.ts';
import type { OutputFile } from '../events/events.ts';
import { rootName } from '../media/netboot/parameters.ts';
import { tarExtension } from '../media/tar.ts';
import { LINKED_FROM_BYTES } from '../rootfs/linked.ts';
import { place, placeCopy } from '../rootfs/place.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import type { OutputTree } from './outputTree.ts';

/** Name in the build directory -> the file that it holds. */
export type Outputs = Readonly<Record<string, BlobRef>>;

/** What we wrote there, and how to tell that nobody changed it since. */
interface Written {
  readonly blob: string;
  readonly inode: number;
  readonly mtimeMs: number;
  readonly sizeBytes: number;
}

/** live-build's name of an image: `live-image-amd64.hybrid.iso`. A tar image is `.tar.tar`, as its scripts expect it. */
export function imageFileName(values: LiveValues, type: ImageType): string {
  const extensions: Readonly<Record<ImageType, string>> = {
    iso: 'iso',
    'iso-hybrid': 'hybrid.iso',
    hdd: 'img',
    netboot: `netboot.tar${tarExtension(values.compression)}`,
    tar: `tar.tar${tarExtension(values.compression)}`,
  };
  return `${stem(values)}.${extensions[type]}`;
}

/** live-build compresses it as it does archives. */
export function zsyncFileName(values: LiveValues, type: ImageType): string {
  return `${imageFileName(values, type)}.zsync${tarExtension(values.compression)}`;
}

/** live-build's names of what `--source` makes; they have no architecture. */
export function sourceFileNames({ imageName, compression }: Pick<LiveValues, 'imageName' | 'compression'>) {
  const archive = (half: string): string => `${imageName}-source.${half}.tar${tarExtension(compression)}`;
  return {
    ...{ debian: archive('debian'), live: archive('live') },
    ...{ iso: `${imageName}-source.iso`, hdd: `${imageName}-source.img` },
  };
}

/** live-build's name of the installer for ONIE that an ISO image is made into. */
export function onieFileName(values: LiveValues, type: ImageType): string {
  return `${imageFileName(values, type)}-ONIE.bin`;
}

/** The images that a configuration asks for, in its order; without those that stay directories. */
export function imageFileNames(values: LiveValues): string[] {
  const types = [...new Set(values.binaryImages)].filter((type) => isPacked(values, type));
  return types.map((type) => imageFileName(values, type));
}

/** Whether an image of that type becomes a file. */
export function isPacked({ netTarball }: LiveValues, type: ImageType): boolean {
  return type !== 'netboot' || netTarball;
}

/**
 * What a netboot image is without its archive (`--net-tarball false`): live-build's two directories. The kernels are in
 * `tftpboot/live`, as in the archive; live-build leaves them out of it here, so that its menu finds none.
 */
export function unpackedNetboot({ netRootPath }: LiveValues, tree: TreeRef): OutputTree[] {
  return [
    { name: 'binary', tree, inner: rootName({ rootPath: netRootPath }), isServed: true },
    { name: 'tftpboot', tree, inner: 'tftpboot', isServed: true },
  ];
}

export function stem({ imageName, architecture }: Pick<LiveValues, 'imageName' | 'architecture'>): string {
  return `${imageName}-${architecture}`;
}

/**
 * Puts the finished files into the build directory; an image as a link to the store's file where that can be. What is as we
 * left it is not written again, which is what makes a build without changes quick. People write to images: the store
 * checks content, so that one that was written to is made again where it is asked for; then this throws STORE_CORRUPT.
 */
export async function writeOutputs(directory: string, outputs: Outputs, store: Store): Promise<OutputFile[]> {
  const recordPath = join(directory, '.build/livewright/outputs.json');
  const record = parseRecord(await orIfAbsent(readFile(recordPath, 'utf8'), '{}'));
  const files: OutputFile[] = [];
  for (const [name, ref] of Object.entries(outputs)) {
    const path = join(directory, name);
    const written = await keepOrWrite({ path, ref, store, known: record[name] });
    record[name] = written;
    files.push({ path: name, sizeBytes: written.sizeBytes });
  }
  await mkdir(dirname(recordPath), { recursive: true });
  await writeFile(recordPath, JSON.stringify(record));
  return files;
}

interface Wanted {
  readonly path: string;
  readonly ref: BlobRef;
  readonly store: Store;
  /** What was written there last. */
  readonly known: Written | undefined;
}

async function keepOrWrite({ path, ref, store, known }: Wanted): Promise<Written> {
  return known && (await isAsWritten(path, ref, known)) ? known : writeOutput(path, ref, store);
}

async function isAsWritten(path: string, ref: BlobRef, written: Written): Promise<boolean> {
  if (written.blob !== ref.blob) return false;
  const stats = await orIfAbsent(stat(path), undefined);
  if (stats === undefined) return false;
  return stats.ino === written.inode && stats.mtimeMs === written.mtimeMs && stats.size === written.sizeBytes;
}

async function writeOutput(path: string, ref: BlobRef, store: Store): Promise<Written> {
  const temporary = `${path}.new`;
  try {
    const put = ref.sizeBytes >= LINKED_FROM_BYTES ? place : placeCopy;
    await put(await store.blobPath(ref), temporary);
    await chmod(temporary, 0o644); // the store's own files are read-only
    const now = new Date();
    await utimes(temporary, now, now);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const stats = await stat(path);
  return { blob: ref.blob, inode: stats.ino, mtimeMs: stats.mtimeMs, sizeBytes: stats.size };
}

/** A damaged record costs a copy and nothing else. */
function parseRecord(text: string): Record<string, Written> {
  try {
    const entries = Object.entries(Object(JSON.parse(text)) as Record<string, Written | null>);
    return Object.fromEntries(entries.filter((entry): entry is [string, Written] => Object(entry[1]) === entry[1]));
  } catch {
    return {};
  }
}
