import { readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { digestTree, type ListedEntry, type TreeDigest } from '../config/digestTree.ts';
import type { StepContext } from '../engine/step.ts';
import type { Witness } from '../engine/witness.ts';
import { parseManifest } from '../rootfs/manifest.ts';
import type { MergedNode } from '../rootfs/mergedTree.ts';
import { resolveIn } from '../rootfs/observe.ts';
import { readStack } from '../rootfs/stack.ts';
import { addLook, type LookKind, type Looks } from '../sandbox/trace/looks.ts';
import type { BlobRef, Json, Store, TreeRef } from '../store/types.ts';
import { type BinaryHookInputs, BUILD, ownPlace } from './binaryHookWorld.ts';
import type { UserDirectory } from './medium.ts';
import { changedLook, writeSight } from './sight.ts';

/**
 * Of the medium, the system, `config/` and the lists only what a binary hook looked at matters to its result; its tools, text,
 * variables and what it names as `../NAME` do as a whole.
 */
export function mediumWitness(config: UserDirectory): Witness {
  return {
    fixed: (inputs) => {
      const { medium: _, chroot: _chroot, config: _config, lists, ...fixed } = inputs as BinaryHookInputs;
      return { ...fixed, lists: Object.keys(lists) };
    },
    difference: async (inputs: Json, seen, store) =>
      changedLook(await worldOf(inputs as BinaryHookInputs, await digestTree(config.path), store), seen, store),
  };
}

export interface MediumSight {
  readonly inputs: BinaryHookInputs;
  readonly config: UserDirectory;
  readonly looks: readonly Looks[];
  /** What the hook wrote on the medium. */
  readonly layer: TreeRef;
  /** What it wrote elsewhere: an upper directory. */
  readonly upper: string;
}

/** Writes down what the hook looked at, and how it looked; undefined where that cannot be known. */
export async function recordMediumSight(context: StepContext, sight: MediumSight): Promise<BlobRef | undefined> {
  const { inputs, config, looks, layer, upper } = sight;
  const { store } = context;
  const now = await digestTree(config.path);
  const tree = await worldOf(inputs, now, store);
  const root = looks.flatMap((look) => look.roots).find((path) => resolveIn(tree, path).node !== undefined);
  const changed = now.digest === inputs.config ? undefined : 'files of config/ were changed meanwhile';
  const why = root === undefined ? (changed ?? (await findDetour(upper))) : `a program has ${root} as its root`;
  if (why !== undefined) {
    context.log(`What this hook looks at stays unknown: ${why}.`);
    return undefined;
  }
  const kinds = new Map<string, LookKind>();
  // The hook's own text is in its key, and what lies elsewhere belongs to the tools, which are too.
  const own = ownPlace(inputs.file);
  const add = (path: string, kind: LookKind): void => {
    const place = posix.normalize(path);
    if (place !== own && (place === BUILD || place.startsWith(`${BUILD}/`))) addLook(kinds, path, kind);
  };
  for (const { path } of parseManifest(await store.readManifest(layer))) add(placeOnMedium(path, inputs), 'state');
  for (const { paths } of looks) for (const [path, kind] of paths) add(path, kind);
  return writeSight(kinds, tree, store);
}

/** Where hooks see what the layer has at `path`. */
function placeOnMedium(path: string, { parts }: BinaryHookInputs): string {
  if (parts.length === 1) return posix.join(BUILD, parts[0]!.name, path);
  const part = parts.find(({ path: inner }) => path === inner || path.startsWith(`${inner}/`));
  return part === undefined ? BUILD : posix.join(BUILD, part.name, path.slice(part.path.length));
}

/** A link that the hook has put elsewhere and that leads into the build directory: names below it say nothing to us. */
async function findDetour(upper: string): Promise<string | undefined> {
  const names = await readdir(upper, { recursive: true, withFileTypes: true });
  for (const entry of names.filter((found) => found.isSymbolicLink())) {
    const path = join(entry.parentPath, entry.name);
    const target = posix.resolve('/', entry.parentPath.slice(upper.length + 1), await readlink(path));
    if (`${target}/`.startsWith(`${BUILD}/`)) return `the link ${path.slice(upper.length)} leads to ${target}`;
  }
  return undefined;
}

/** What a hook finds below `/build`, but for the files that it names as `../NAME`. */
async function worldOf(inputs: BinaryHookInputs, config: TreeDigest, store: Store): Promise<MergedNode> {
  const medium = await readStack(store, inputs.medium);
  const parts = inputs.parts.map(({ name, path }) => [name, inner(medium, path)] as const);
  const lists = Object.entries(inputs.lists).map(([name, list]) => [name, listNode(name, list)] as const);
  const chroot = await readStack(store, inputs.chroot);
  const own = nest(config.list);
  const build = directory([...lists, ...parts, ['chroot', chroot], ['config', own]]);
  return directory([[BUILD.slice(1), build]]);
}

function inner(tree: MergedNode, path: string): MergedNode {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return names.reduce((node, name) => node.children.get(name) ?? directory([]), tree);
}

type OpenNode = MergedNode & { readonly children: Map<string, MergedNode> };

function directory(children: readonly (readonly [string, MergedNode])[]): OpenNode {
  const { entry } = node({ path: '', type: 'd', mode: 0o755, sizeBytes: 0, content: '' });
  return { entry, children: new Map(children) };
}

/** Its size is not known without reading it: that of another content must be another, and that is enough. */
function listNode(path: string, { blob }: BlobRef): MergedNode {
  return node({ path, type: 'f', mode: 0o644, sizeBytes: Number.parseInt(blob.slice(0, 12), 16), content: blob });
}

/** Of the user's files, owners and times are in no key, and so do not count here. */
function node({ path, type, mode, sizeBytes, content }: ListedEntry): OpenNode {
  const entry = { path, type, mode, sizeBytes, content, uid: 0, gid: 0, mtimeSeconds: 0, layer: 0, inode: path };
  return { entry, children: new Map() };
}

function nest(entries: readonly ListedEntry[]): MergedNode {
  const nodes = new Map<string, OpenNode>([['.', directory([])]]);
  for (const entry of entries) {
    const own = node(entry);
    nodes.set(entry.path, own);
    nodes.get(posix.dirname(entry.path))?.children.set(posix.basename(entry.path), own);
  }
  return nodes.get('.') ?? directory([]);
}
