import { createHash } from 'node:crypto';
import type { MergedEntry, MergedNode } from './mergedTree.ts';

/** As many as the kernel follows (path_resolution(7)). */
const MAX_LINKS = 40;

export interface Resolved {
  /** Links on the way, with what they say, and where it ends. */
  readonly trail: readonly string[];
  /** Undefined: there is nothing of that name. */
  readonly node: MergedNode | undefined;
}

/** Follows `path` (absolute) in the merged tree as the kernel would, links included, never out of it. */
export function resolveIn(tree: MergedNode, path: string): Resolved {
  const trail: string[] = [];
  let way: { readonly name: string; readonly node: MergedNode }[] = [];
  const todo = path.split('/').reverse();
  while (todo.length > 0) {
    const part = todo.pop()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      way.pop();
      continue;
    }
    const node = (way.at(-1)?.node ?? tree).children.get(part);
    const place = `${way.map(({ name }) => `/${name}`).join('')}/${part}`;
    if (node === undefined) return { trail: [...trail, place], node };
    if (node.entry?.type !== 'l') {
      way.push({ name: part, node });
      continue;
    }
    const target = node.entry.content;
    trail.push(`${place} -> ${target} ${attributesOf(node.entry)}`);
    if (trail.length > MAX_LINKS) return { trail, node: undefined };
    if (target.startsWith('/')) way = [];
    todo.push(...target.split('/').reverse());
  }
  trail.push(`/${way.map(({ name }) => name).join('/')}`);
  return { trail, node: way.at(-1)?.node ?? tree };
}

/** As the kinds of looks (sandbox/trace/looks.ts); what only the loader sees of its cache is not told apart here. */
type SightKind = 'loader' | 'state' | 'content' | 'names';

/** Short text for what somebody sees who looks at `path`: equal texts, equal sights. */
export function observe(tree: MergedNode, path: string, kind: SightKind): string {
  const { trail, node } = resolveIn(tree, path);
  const sight = [...trail, ...(node === undefined ? ['nothing'] : sightOf(node, kind))];
  return createHash('sha256').update(sight.join('\n')).digest('base64url').slice(0, 22);
}

function sightOf({ entry, children }: MergedNode, kind: SightKind): string[] {
  if (entry === undefined) return ['empty'];
  if (kind === 'state') return [attributesOf(entry)];
  const names = kind !== 'names' ? [] : [...children].map(([name, child]) => `${name} ${child.entry?.type}`).sort();
  return [attributesOf(entry), entry.content, ...names];
}

function attributesOf({ type, mode, uid, gid, mtimeSeconds, sizeBytes, xattrs = {} }: MergedEntry): string {
  return JSON.stringify([type, mode, uid, gid, mtimeSeconds, sizeBytes, Object.entries(xattrs).toSorted()]);
}
