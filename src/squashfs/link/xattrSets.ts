import { Writer } from '../bytes.ts';
import { canKeepXattr, writeXattrEntry } from '../xattr.ts';
import type { XattrSet } from '../xattrTable.ts';
import type { LinkInode, LinkTree } from './tree.ts';

/** The extended attributes of all inodes: equal sets are kept once. */
export interface XattrSets {
  /** The key/value store. */
  readonly store: Buffer;
  /** `reference` is the byte of the store; it becomes a reference when the store's blocks are known. */
  readonly sets: readonly XattrSet[];
  readonly placeOf: ReadonlyMap<LinkInode, number>;
  /** `PATH: NAME` of those that SquashFS has no place for. */
  readonly dropped: readonly string[];
}

export function collectXattrs({ inodes }: LinkTree): XattrSets {
  const store = new Writer(1024);
  const sets: XattrSet[] = [];
  const places = new Map<string, number>();
  const placeOf = new Map<LinkInode, number>();
  const dropped: string[] = [];
  for (const inode of inodes) {
    const { path, xattrs = {} } = inode.entry;
    const all = Object.entries(xattrs).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const kept = all.filter(([name]) => canKeepXattr(name));
    for (const [name] of all) if (!canKeepXattr(name)) dropped.push(`${path}: ${name}`);
    if (kept.length === 0) continue;
    const key = JSON.stringify(kept.map(([name, value]) => [name, Buffer.from(value).toString('hex')]));
    const place = places.get(key) ?? sets.push(writeSet(store, kept)) - 1;
    places.set(key, place);
    placeOf.set(inode, place);
  }
  return { store: Buffer.from(store.toBuffer()), sets, placeOf, dropped };
}

function writeSet(store: Writer, xattrs: readonly (readonly [string, Uint8Array])[]): XattrSet {
  const reference = store.length;
  let textBytes = 0;
  for (const [name, value] of xattrs) {
    writeXattrEntry(store, { name, value: Buffer.from(value) });
    textBytes += Buffer.byteLength(name) + 1 + value.length;
  }
  return { reference, count: xattrs.length, textBytes };
}
