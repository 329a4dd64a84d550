import { lstat, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LivewrightError, orIfAbsent, systemErrorCode } from '../errors.ts';
import type { Blobs } from './blobs.ts';
import type { Layout } from './layout.ts';
import { moveDirectory, type Staging } from './staging.ts';
import type { TreeRef } from './types.ts';

export interface Trees {
  has(ref: TreeRef): Promise<boolean>;
  path(ref: TreeRef): Promise<string>;
  put(directory: string, manifest: string): Promise<TreeRef>;
  readManifest(ref: TreeRef): Promise<string>;
}

export function createTrees(layout: Layout, staging: Staging, blobs: Blobs): Trees {
  async function has({ tree }: TreeRef): Promise<boolean> {
    const [entry, manifest] = await Promise.all([
      orIfAbsent(lstat(layout.tree(tree)), undefined),
      // Without its manifest a tree is of no use, and the step that made it must make it again.
      blobs.find(tree),
    ]);
    return entry?.isDirectory() === true && manifest !== undefined;
  }
  return {
    has,
    async path(ref) {
      if (!(await has(ref))) throw treeMissing(layout, ref);
      return layout.tree(ref.tree);
    },
    async put(directory, manifest) {
      const { blob: tree } = await blobs.putBytes(manifest);
      const path = layout.tree(tree);
      await mkdir(dirname(path), { recursive: true });
      if (!(await moveUnlessTaken(directory, path))) await staging.discard(directory);
      return { tree };
    },
    async readManifest(ref) {
      const manifest = await blobs.find(ref.tree);
      if (!manifest) throw treeMissing(layout, ref);
      return readFile(await blobs.path(manifest), 'utf8');
    },
  };
}

async function moveUnlessTaken(directory: string, path: string): Promise<boolean> {
  try {
    await moveDirectory(directory, path);
    return true;
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}

function treeMissing(layout: Layout, { tree }: TreeRef): LivewrightError {
  return new LivewrightError('STORE_CORRUPT', {
    message: `The tree ${tree} is missing in the store ${layout.root}.`,
    hint: 'Run the command again: what made it will run again.',
    data: { tree, store: layout.root },
  });
}
