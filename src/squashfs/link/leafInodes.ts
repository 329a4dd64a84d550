import { Writer } from '../bytes.ts';
import { type Inode, type InodeHeader, writeInode } from '../inode.ts';
import type { FileBody } from './fileBodies.ts';
import type { IdList } from './ids.ts';
import type { LinkInode, LinkTree } from './tree.ts';
import type { XattrSets } from './xattrSets.ts';

/** What inodes are written from besides the tree. */
export interface InodeParts {
  readonly ids: IdList;
  readonly xattrs: XattrSets;
  readonly bodyOf: (inode: LinkInode) => FileBody;
}

const LATEST = 0xffff_ffff;

export function headerOf({ entry, number }: LinkInode, { ids }: InodeParts): InodeHeader {
  return {
    mode: entry.mode & 0o7777,
    uidIndex: ids.placeOf.get(entry.uid)!,
    gidIndex: ids.placeOf.get(entry.gid)!,
    // SquashFS has no times before 1970, and none after 2106.
    mtimeSeconds: Math.min(LATEST, Math.max(0, Math.floor(entry.mtimeSeconds))),
    number,
  };
}

export interface LeafInodes {
  readonly bytes: Buffer;
  /** Where in `bytes` each inode begins. */
  readonly at: Map<LinkInode, number>;
}

/** All inodes but those of directories: they refer to nothing whose place would depend on how tables compress. */
export function writeLeafInodes({ inodes }: LinkTree, parts: InodeParts): LeafInodes {
  const writer = new Writer(1 << 20);
  const at = new Map<LinkInode, number>();
  for (const inode of inodes) {
    const leaf = leafOf(inode, parts);
    if (leaf === undefined) continue;
    at.set(inode, writer.length);
    writeInode(writer, leaf);
  }
  return { bytes: Buffer.from(writer.toBuffer()), at };
}

function leafOf(inode: LinkInode, parts: InodeParts): Inode | undefined {
  const { entry, linkCount } = inode;
  if (entry.kind === 'directory') return undefined;
  const common = { ...headerOf(inode, parts), linkCount, xattrIndex: parts.xattrs.placeOf.get(inode) };
  switch (entry.kind) {
    case 'file':
      return { ...common, kind: 'file', ...parts.bodyOf(inode) };
    case 'symlink':
      return { ...common, kind: 'symlink', target: bytesOfTarget(entry.target) };
    case 'fifo':
    case 'socket':
      return { ...common, kind: entry.kind };
    default:
      return { ...common, kind: entry.kind, major: entry.major, minor: entry.minor };
  }
}

function bytesOfTarget(target: string | Uint8Array): Buffer {
  return typeof target === 'string' ? Buffer.from(target) : Buffer.from(target);
}
