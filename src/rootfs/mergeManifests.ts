import type { ManifestEntry } from './manifest.ts';

/** A name of the merged root. */
export interface MergedEntry extends ManifestEntry {
  /** Place in the stack of the layer it comes from, from 0, the lowest. */
  readonly layer: number;
  /** The same for all names of a file that are hard links of each other in their layer. */
  readonly inode: string;
}

interface Node {
  entry: MergedEntry | undefined;
  readonly children: Map<string, Node>;
}

/**
 * What overlayfs shows of a stack of layers (lowest first), from their manifests alone (Documentation/filesystems/overlayfs.rst):
 * in the order of a walk, each directory before what is in it. Hard links of a layer stay such where both names are seen;
 * the `content` of a later name is that of its file. Overlayfs's own attributes are left out.
 */
export function mergeManifests(manifests: readonly (readonly ManifestEntry[])[]): MergedEntry[] {
  const root = newNode();
  for (const [layer, entries] of manifests.entries()) {
    const contents = new Map(entries.map(({ path, content }) => [path, content]));
    for (const entry of entries) lay(root, toMerged(entry, layer, contents));
  }
  const merged: MergedEntry[] = [];
  collect(root, merged);
  return merged;
}

const newNode = (): Node => ({ entry: undefined, children: new Map() });

const overlayName = 'user.overlay.';

function toMerged(entry: ManifestEntry, layer: number, contents: ReadonlyMap<string, string>): MergedEntry {
  const { path, type, content } = entry;
  const first = type === 'f' && content.startsWith('=') ? content.slice(1) : path;
  return { ...entry, layer, inode: `${layer}:${first}`, content: contents.get(first) ?? content };
}

function lay(root: Node, entry: MergedEntry): void {
  const parts = entry.path === '.' ? [] : entry.path.split('/');
  const name = parts.pop();
  if (name === undefined) {
    root.entry = withoutNotes(entry);
    return;
  }
  const parent = parts.reduce<Node | undefined>((node, part) => node?.children.get(part), root);
  if (parent === undefined) throw new Error(`The manifest has "${entry.path}" before the directory it is in.`);
  if (entry.type === 'w') {
    parent.children.delete(name);
    return;
  }
  const below = parent.children.get(name);
  const isMerged = entry.type === 'd' && below?.entry?.type === 'd' && !isOpaque(entry);
  const node = isMerged ? below : newNode();
  node.entry = withoutNotes(entry);
  parent.children.set(name, node);
}

const isOpaque = ({ xattrs }: ManifestEntry): boolean => xattrs?.[`${overlayName}opaque`] === '79';

function withoutNotes(entry: MergedEntry): MergedEntry {
  const { xattrs, ...rest } = entry;
  const kept = Object.entries(xattrs ?? {}).filter(([name]) => !name.startsWith(overlayName));
  return kept.length === 0 ? rest : { ...rest, xattrs: Object.fromEntries(kept) };
}

function collect(node: Node, merged: MergedEntry[]): void {
  if (node.entry !== undefined) merged.push(node.entry);
  const sorted = [...node.children].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const [, child] of sorted) collect(child, merged);
}
