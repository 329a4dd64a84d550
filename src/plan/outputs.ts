import { chmod, constants, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import { orIfAbsent } from '../errors.ts';
import type { OutputFile } from '../events/events.ts';
import { tarExtension } from '../media/tar.ts';
import type { BlobRef, Store } from '../store/types.ts';

/** Name in the build directory -> what it holds. */
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

/** The images that a configuration asks for, in its order. */
export function imageFileNames(values: LiveValues): string[] {
  return [...new Set(values.binaryImages)].map((type) => imageFileName(values, type));
}

export function stem({ imageName, architecture }: Pick<LiveValues, 'imageName' | 'architecture'>): string {
  return `${imageName}-${architecture}`;
}

/**
 * Puts the finished files into the build directory, as copies: people write to images. A file that is as we left it
 * is not written again, which is what makes a build without changes quick.
 */
export async function writeOutputs(directory: string, outputs: Outputs, store: Store): Promise<OutputFile[]> {
  const recordPath = join(directory, '.build/livewright/outputs.json');
  const record = parseRecord(await orIfAbsent(readFile(recordPath, 'utf8'), '{}'));
  const files: OutputFile[] = [];
  for (const [name, ref] of Object.entries(outputs)) {
    const path = join(directory, name);
    if (!(await isAsWritten(path, ref, record[name]))) record[name] = await writeOutput(path, ref, store);
    files.push({ path: name, sizeBytes: ref.sizeBytes });
  }
  await mkdir(dirname(recordPath), { recursive: true });
  await writeFile(recordPath, JSON.stringify(record));
  return files;
}

async function isAsWritten(path: string, ref: BlobRef, written: Written | undefined): Promise<boolean> {
  if (written === undefined || written.blob !== ref.blob) return false;
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
function parseRecord(text: string): Record<string, Written> {
  try {
    const record: unknown = JSON.parse(text);
    return typeof record === 'object' && record !== null ? { ...(record as Record<string, Written>) } : {};
  } catch {
    return {};
  }
}
