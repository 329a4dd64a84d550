import { LONGEST_NAME_BYTES } from '../directory.ts';
import type { InodeEntry, LinkEntry } from './entries.ts';
import { refuseLink } from './refuseLink.ts';

/** An inode of the final image. */
export interface LinkInode {
  readonly entry: InodeEntry;
  /** Names, or for a directory 2 and the directories in it. */
  linkCount: number;
  /** From 1 on; 0 until numbered. */
  number: number;
  /** For directories: what is in them, sorted by the bytes of the names. */
  readonly names: LinkName[];
  parent: LinkInode | undefined;
}

export interface LinkName {
  readonly name: Buffer;
  readonly inode: LinkInode;
}

export interface LinkTree {
  readonly root: LinkInode;
  /** All inodes by number, in the order in which a walk meets them. */
  readonly inodes: readonly LinkInode[];
}

/** Makes a tree of the entries, in whatever order they come. Throws SQUASHFS_LINK where they are none. */
export function buildTree(entries: readonly LinkEntry[]): LinkTree {
  const byPath = new Map<string, LinkInode>();
  for (const entry of entries) {
    if (byPath.has(entry.path)) throw refuseLink(`The entry "${entry.path}" is there twice.`, { path: entry.path });
    if (entry.kind !== 'hardlink') byPath.set(entry.path, newInode(entry));
  }
  const root = byPath.get('.');
  if (root?.entry.kind !== 'directory') throw refuseLink('The root "." is not among the entries as a directory.', {});
  const linked = new Set<string>();
  for (const entry of entries) {
    if (entry.path === '.') continue;
    if (entry.kind === 'hardlink' && (linked.has(entry.path) || byPath.has(entry.path))) {
      throw refuseLink(`The entry "${entry.path}" is there twice.`, { path: entry.path });
    }
    linked.add(entry.path);
    addName(byPath, entry);
  }
  root.linkCount++;
  return { root, inodes: numberInodes(root) };
}

function newInode(entry: InodeEntry): LinkInode {
  return { entry, linkCount: entry.kind === 'directory' ? 1 : 0, number: 0, names: [], parent: undefined };
}

function addName(byPath: ReadonlyMap<string, LinkInode>, entry: LinkEntry): void {
  const { path } = entry;
  const slash = path.lastIndexOf('/');
  const parent = byPath.get(slash < 0 ? '.' : path.slice(0, slash));
  if (parent?.entry.kind !== 'directory') {
    throw refuseLink(`The entry "${path}" is in no directory of the entries.`, { path });
  }
  const inode = byPath.get(entry.kind === 'hardlink' ? entry.target : path);
  if (inode === undefined || (entry.kind === 'hardlink' && inode.entry.kind === 'directory')) {
    throw refuseLink(`The entry "${path}" is a hard link to what is no file of the entries.`, { path });
  }
  parent.names.push({ name: checkName(path.slice(slash + 1), path), inode });
  inode.linkCount++;
  if (inode.entry.kind !== 'directory') return;
  parent.linkCount++;
  inode.parent = parent;
}

function checkName(name: string, path: string): Buffer {
  const bytes = Buffer.from(name);
  const isPossible = bytes.length > 0 && bytes.length <= LONGEST_NAME_BYTES && name !== '.' && name !== '..';
  if (isPossible && !bytes.includes(0)) return bytes;
  throw refuseLink(`The entry "${path}" has a name that is not possible.`, { path });
}

/** The names of a directory get consecutive numbers: directories store their difference in 16 bits. */
function numberInodes(root: LinkInode): LinkInode[] {
  const inodes: LinkInode[] = [];
  const number = (inode: LinkInode): void => {
    if (inode.number === 0) inode.number = inodes.push(inode);
  };
  number(root);
  const visit = (directory: LinkInode): void => {
    directory.names.sort((a, b) => Buffer.compare(a.name, b.name));
    for (const { inode } of directory.names) number(inode);
    for (const { inode } of directory.names) if (inode.entry.kind === 'directory') visit(inode);
  };
  visit(root);
  return inodes;
}
