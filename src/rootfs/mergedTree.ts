import type { ManifestEntry } from './manifest.ts';

/** A name of the merged root. */
export interface MergedEntry extends ManifestEntry {
  /** Place in the stack of the layer it comes from, from 0, the lowest. */
  readonly layer: number;
  /** The same for all names of a file that are hard links of each other in their layer. */
  readonly inode: string;
}

/** A directory or file of the merged root and what is below it; never changed once the tree is made. */
export interface MergedNode {
  readonly entry: MergedEntry | undefined;
  readonly children: ReadonlyMap<string, MergedNode>;
}

interface OwnNode {
  entry: MergedEntry | undefined;
  children: Map<string, MergedNode>;
}

export const emptyTree: MergedNode = { entry: undefined, children: new Map() };

/**
 * What overlayfs shows of a stack of layers, from their manifests alone (Documentation/filesystems/overlayfs.rst): the
 * layer with these entries on top of `below`, of which it is number `layer`. Shares with `below` what it does not change.
 * Overlayfs's own attributes are left out; the `content` of a hard link's later name is that of its file.
 */
export function layOver(below: MergedNode, entries: readonly ManifestEntry[], layer: number): MergedNode {
  const contents = new Map(entries.map(({ path, content }) => [path, content]));
  const own = new Set<MergedNode>();
  const root = ownCopy(below, own);
  for (const entry of entries) lay(root, toMerged(entry, layer, contents), own);
  return root;
}

/** All names in the order of a walk, each directory before what is in it. */
export function listTree(tree: MergedNode): MergedEntry[] {
  const listed: MergedEntry[] = [];
  const visit = (node: MergedNode): void => {
    if (node.entry !== undefined) listed.push(node.entry);
    const sorted = [...node.children].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const [, child] of sorted) visit(child);
  };
  visit(tree);
  return listed;
}

const overlayName = 'user.overlay.';

function toMerged(entry: ManifestEntry, layer: number, contents: ReadonlyMap<string, string>): MergedEntry {
  const { path, type, content } = entry;
  const first = type === 'f' && content.startsWith('=') ? content.slice(1) : path;
  return { ...entry, layer, inode: `${layer}:${first}`, content: contents.get(first) ?? content };
}

function ownCopy(node: MergedNode, own: Set<MergedNode>): OwnNode {
  if (own.has(node)) return node as OwnNode;
  const copy = { entry: node.entry, children: new Map(node.children) };
  own.add(copy);
  return copy;
}

function lay(root: OwnNode, entry: MergedEntry, own: Set<MergedNode>): void {
  const parts = entry.path === '.' ? [] : entry.path.split('/');
  const name = parts.pop();
  if (name === undefined) {
    root.entry = withoutNotes(entry);
    return;
  }
  let parent = root;
  for (const part of parts) {
    const child = parent.children.get(part);
    if (child?.entry?.type !== 'd') {
      throw new Error(`The manifest has "${entry.path}" before the directory it is in.`);
    }
    const copy = ownCopy(child, own);
    parent.children.set(part, copy);
    parent = copy;
  }
  if (entry.type === 'w') {
    parent.children.delete(name);
    return;
  }
  if (entry.type !== 'd') {
    parent.children.set(name, { entry: withoutNotes(entry), children: emptyTree.children });
    return;
  }
  const below = parent.children.get(name);
  const isMerged = below?.entry?.type === 'd' && !isOpaque(entry);
  const node = ownCopy(isMerged ? below : emptyTree, own);
  node.entry = withoutNotes(entry);
  parent.children.set(name, node);
}

const isOpaque = ({ xattrs }: ManifestEntry): boolean => xattrs?.[`${overlayName}opaque`] === '79';

function withoutNotes(entry: MergedEntry): MergedEntry {
  const { xattrs, ...rest } = entry;
  const kept = Object.entries(xattrs ?? {}).filter(([name]) => !name.startsWith(overlayName));
  return kept.length === 0 ? rest : { ...rest, xattrs: Object.fromEntries(kept) };
}
