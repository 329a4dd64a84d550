import { access, readdir, readFile, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { replaceFile } from './atomic.ts';
import { canonicalJson } from './canonical.ts';
import { parseDigest } from './digest.ts';
import type { Layout } from './layout.ts';
import type { Staging } from './staging.ts';
import type { Digest, Json } from './types.ts';

/** What one build directory refers to. */
export interface Root {
  readonly directory: string;
  /** Keys of its newest build. */
  readonly keys: readonly Digest[];
  /** Keys of its earlier builds that are still in the store: a purge drops these too. */
  readonly pastKeys: readonly Digest[];
}

export async function writeRoot(
  layout: Layout,
  staging: Staging,
  { directory, keys }: { readonly directory: string; readonly keys: readonly Digest[] },
): Promise<void> {
  const path = layout.rootFile(directory);
  const before = await readRoot(path);
  const current = new Set(keys);
  const earlier = [...(before?.keys ?? []), ...(before?.pastKeys ?? [])].filter((key) => !current.has(key));
  const root = {
    directory: resolve(directory),
    keys: [...current].sort(),
    pastKeys: (await keepPresent(layout, [...new Set(earlier)])).sort(),
  };
  await replaceFile(path, `${canonicalJson(root)}\n`, await staging.newPath());
}

/** Every root in the store by its file; one that cannot be read protects nothing and is left out. */
export async function readRoots(layout: Layout): Promise<ReadonlyMap<string, Root>> {
  const roots = new Map<string, Root>();
  for (const name of await readdir(layout.roots)) {
    const root = await readRoot(join(layout.roots, name));
    if (root) roots.set(join(layout.roots, name), root);
  }
  return roots;
}

export async function removeRoot(layout: Layout, directory: string): Promise<void> {
  await orIfAbsent(unlink(layout.rootFile(directory)), undefined);
}

async function readRoot(path: string): Promise<Root | undefined> {
  const text = await orIfAbsent(readFile(path, 'utf8'), undefined);
  if (text === undefined) return undefined;
  try {
    const { directory, keys, pastKeys } = JSON.parse(text) as Record<string, Json>;
    if (typeof directory !== 'string') return undefined;
    return { directory, keys: parseKeys(keys), pastKeys: parseKeys(pastKeys) };
  } catch {
    return undefined;
  }
}

function parseKeys(keys: Json | undefined): Digest[] {
  if (!Array.isArray(keys)) return [];
  return (keys as readonly Json[]).flatMap((key) => parseDigest(key) ?? []);
}

async function keepPresent(layout: Layout, keys: readonly Digest[]): Promise<Digest[]> {
  const present = await Promise.all(
    keys.map(async (key) => (await orIfAbsent(access(layout.action(key)), 'absent')) !== 'absent'),
  );
  return keys.filter((_, i) => present[i]);
}
