import type { Image } from './image.ts';
import type { InodeKind } from './inode.ts';
import { readId, readXattrs } from './inodes.ts';
import { type WalkedEntry, walk } from './walk.ts';
import type { XattrValues } from './xattrReader.ts';

/** A name in an image with all that a listing shows. */
export interface ImageEntry {
  readonly path: string;
  readonly kind: InodeKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  /** Of files; 0 for all else. */
  readonly sizeBytes: number;
  readonly linkCount: number;
  readonly inodeNumber: number;
  readonly xattrs: XattrValues;
  /** Of symbolic links. */
  readonly target?: string;
  readonly device?: { readonly major: number; readonly minor: number };
}

/** All names of an image, each directory before what is in it. */
export async function* listImage(image: Image): AsyncGenerator<ImageEntry> {
  for await (const walked of walk(image)) yield describeEntry(image, walked);
}

export async function describeEntry(image: Image, { path, inode }: WalkedEntry): Promise<ImageEntry> {
  const { kind, mode, mtimeSeconds, linkCount, number } = inode;
  return {
    ...{ path, kind, mode, mtimeSeconds, linkCount, inodeNumber: number },
    uid: await readId(image, inode.uidIndex),
    gid: await readId(image, inode.gidIndex),
    xattrs: await readXattrs(image, inode.xattrIndex),
    sizeBytes: inode.kind === 'file' ? inode.sizeBytes : 0,
    ...(inode.kind === 'symlink' && { target: inode.target.toString() }),
    ...('major' in inode && { device: { major: inode.major, minor: inode.minor } }),
  };
}
