import { chmod, lchown, link, lutimes, mkdir, open, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { readPieces } from './content.ts';
import { describeEntry, type ImageEntry } from './entry.ts';
import { type Image, withImage } from './image.ts';
import type { FileInode } from './inodeFile.ts';
import { type WalkedEntry, walk } from './walk.ts';

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
    const extraction = new Extraction(image, options);
    for await (const walked of walk(image)) {
      options.signal?.throwIfAborted();
      await extraction.add(walked);
    }
    return extraction.finish();
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

class Extraction {
  readonly #image: Image;
  readonly #options: ExtractOptions;
  readonly #directories: ImageEntry[] = [];
  /** By the place of the inode. */
  readonly #firstNames = new Map<number, string>();
  readonly #left: string[] = [];
  #names = 0;
  #contentBytes = 0;

  constructor(image: Image, options: ExtractOptions) {
    this.#image = image;
    this.#options = options;
  }

  async add(walked: WalkedEntry): Promise<void> {
    this.#names++;
    const target = join(this.#options.directory, walked.path);
    const first = this.#firstNames.get(walked.reference);
    if (first !== undefined) return link(first, target);
    const entry = await describeEntry(this.#image, walked);
    for (const name of Object.keys(entry.xattrs)) this.#left.push(`${entry.path}: ${name}`);
    if (entry.kind === 'directory') return this.#addDirectory(entry, target);
    if (walked.inode.kind === 'file') await writeFile(this.#image, walked.inode, target);
    else if (walked.inode.kind === 'symlink') await symlink(walked.inode.target, target);
    else return void this.#left.push(`${entry.path}: ${entry.kind}`);
    this.#contentBytes += entry.sizeBytes;
    this.#firstNames.set(walked.reference, target);
    await this.#setAttributes(entry);
  }

  /** Writing into a directory changes its time, and needs its permission: directories get their attributes at the end. */
  async finish(): Promise<Extracted> {
    for (const entry of this.#directories.reverse()) await this.#setAttributes(entry);
    return { names: this.#names, contentBytes: this.#contentBytes, left: this.#left };
  }

  async #addDirectory(entry: ImageEntry, target: string): Promise<void> {
    if (entry.path !== '.') await mkdir(target, { mode: 0o700 });
    this.#directories.push(entry);
  }

  async #setAttributes({ path, kind, mode, uid, gid, mtimeSeconds }: ImageEntry): Promise<void> {
    const target = join(this.#options.directory, path);
    if (this.#options.keepOwners) await lchown(target, uid, gid);
    // A change of owner takes the set-user-ID bit away, so the mode comes after it. Links have no mode of their own.
    if (kind !== 'symlink') await chmod(target, mode);
    await lutimes(target, mtimeSeconds, mtimeSeconds);
  }
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
