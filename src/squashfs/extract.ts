import { chmod, lchown, link, lutimes, mkdir, open, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { readPieces } from './content.ts';
import { describeEntry, type ImageEntry } from './entry.ts';
import { type Image, withImage } from './image.ts';
import type { FileInode } from './inodeFile.ts';
import { walk } from './walk.ts';

export interface ExtractOptions {
  /** A directory that is empty or not there yet. */
  readonly directory: string;
  /** Owners are set, which takes root's powers. */
  readonly keepOwners: boolean;
  readonly signal?: AbortSignal;
}

export interface Extracted {
  readonly names: number;
  readonly contentBytes: number;
  /** What Node has no call for: devices, fifos and sockets, and extended attributes. `PATH: what`. */
  readonly left: readonly string[];
}

/**
 * Unpacks an image into a directory: files with holes and hard links as they are, modes and times. Names cannot lead out of
 * the directory: those with a slash are refused, and nothing is written through a link, as every name is made new.
 */
export function extractImage(path: string, options: ExtractOptions): Promise<Extracted> {
  return withImage(path, async (image) => {
    await makeEmpty(options.directory);
    const directories: ImageEntry[] = [];
    const firstNames = new Map<number, string>();
    const left: string[] = [];
    let [names, contentBytes] = [0, 0];
    for await (const walked of walk(image)) {
      options.signal?.throwIfAborted();
      names++;
      const entry = await describeEntry(image, walked);
      const target = join(options.directory, entry.path);
      const first = firstNames.get(walked.reference);
      if (first !== undefined) {
        await link(first, target);
        continue;
      }
      for (const name of Object.keys(entry.xattrs)) left.push(`${entry.path}: ${name}`);
      if (entry.kind === 'directory') {
        if (entry.path !== '.') await mkdir(target, { mode: 0o700 });
        directories.push(entry);
        continue;
      }
      if (walked.inode.kind === 'file') await writeFile(image, walked.inode, target);
      else if (entry.target !== undefined) await symlink(entry.target, target);
      else {
        left.push(`${entry.path}: ${entry.kind}`);
        continue;
      }
      contentBytes += entry.sizeBytes;
      firstNames.set(walked.reference, target);
      await setAttributes(target, entry, options);
    }
    // At the end: writing into a directory changes its time, and needs its permission.
    for (const entry of directories.reverse()) await setAttributes(join(options.directory, entry.path), entry, options);
    return { names, contentBytes, left };
  });
}

async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length === 0) return;
  throw new LivewrightError('USAGE', {
    message: `The directory ${directory} is not empty.`,
    hint: 'Name one that is empty or not there yet.',
    place: { path: directory },
  });
}

async function writeFile(image: Image, inode: FileInode, target: string): Promise<void> {
  const handle = await open(target, 'wx', 0o600);
  try {
    let at = 0;
    for await (const piece of readPieces(image, inode)) {
      if ('bytes' in piece) await handle.write(piece.bytes, 0, piece.bytes.length, at);
      at += 'bytes' in piece ? piece.bytes.length : piece.holeBytes;
    }
    await handle.truncate(inode.sizeBytes);
  } finally {
    await handle.close();
  }
}

async function setAttributes(target: string, entry: ImageEntry, { keepOwners }: ExtractOptions): Promise<void> {
  if (keepOwners) await lchown(target, entry.uid, entry.gid);
  // A change of owner takes the set-user-ID bit away, so the mode comes after it. Links have no mode of their own.
  if (entry.kind !== 'symlink') await chmod(target, entry.mode);
  await lutimes(target, entry.mtimeSeconds, entry.mtimeSeconds);
}
