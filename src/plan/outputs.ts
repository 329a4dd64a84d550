import { chmod, constants, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import { orIfAbsent } from '../errors.ts';
import type { OutputFile } from '../events/events.ts';
import { rootName } from '../media/netboot/parameters.ts';
import { tarExtension } from '../media/tar.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import { isDirectoryAsWritten, type TreePart, type WrittenDirectory, writeDirectory } from './outputDirectory.ts';

/** Name in the build directory -> what it holds: a file, or with a part of a tree, a directory. */
export type Outputs = Readonly<Record<string, BlobRef | TreePart>>;

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
export function unpackedNetboot({ netRootPath }: LiveValues, tree: TreeRef): Outputs {
  return { binary: { ...tree, part: rootName({ rootPath: netRootPath }) }, tftpboot: { ...tree, part: 'tftpboot' } };
}

export function stem({ imageName, architecture }: Pick<LiveValues, 'imageName' | 'architecture'>): string {
  return `${imageName}-${architecture}`;
}

/**
 * Puts the finished files into the build directory, as copies: people write to images. What is as we left it
 * is not written again, which is what makes a build without changes quick.
 */
export async function writeOutputs(directory: string, outputs: Outputs, store: Store): Promise<OutputFile[]> {
  const recordPath = join(directory, '.build/livewright/outputs.json');
  const record = parseRecord(await orIfAbsent(readFile(recordPath, 'utf8'), '{}'));
  const files: OutputFile[] = [];
  for (const [name, ref] of Object.entries(outputs)) {
    const path = join(directory, name);
    const written = await keepOrWrite({ path, ref, store, known: record[name] });
    record[name] = written;
    files.push({ path: 'tree' in ref ? `${name}/` : name, sizeBytes: written.sizeBytes });
  }
  await mkdir(dirname(recordPath), { recursive: true });
  await writeFile(recordPath, JSON.stringify(record));
  return files;
}

type AnyWritten = Written | WrittenDirectory;

interface Wanted {
  readonly path: string;
  readonly ref: BlobRef | TreePart;
  readonly store: Store;
  /** What was written there last. */
  readonly known: AnyWritten | undefined;
}

async function keepOrWrite({ path, ref, store, known }: Wanted): Promise<AnyWritten> {
  if ('tree' in ref) {
    const isKept = known && 'tree' in known && (await isDirectoryAsWritten(path, ref, known));
    return isKept ? known : writeDirectory(path, ref, store);
  }
  const isKept = known && 'blob' in known && (await isAsWritten(path, ref, known));
  return isKept ? known : writeOutput(path, ref, store);
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
    await rm(temporary, { force: true });
    await copyFile(await store.blobPath(ref), temporary, constants.COPYFILE_FICLONE);
    await chmod(temporary, 0o644); // the store's own files are read-only
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const stats = await stat(path);
  return { blob: ref.blob, inode: stats.ino, mtimeMs: stats.mtimeMs, sizeBytes: stats.size };
}

/** A damaged record costs a copy and nothing else. */
function parseRecord(text: string): Record<string, AnyWritten> {
  try {
    const entries = Object.entries(Object(JSON.parse(text)) as Record<string, AnyWritten | null>);
    return Object.fromEntries(entries.filter((entry): entry is [string, AnyWritten] => Object(entry[1]) === entry[1]));
  } catch {
    return {};
  }
}
