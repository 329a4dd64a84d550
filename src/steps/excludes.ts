import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../engine/step.ts';
import type { MergedEntry } from '../rootfs/mergedTree.ts';
import { walk, withImage } from '../squashfs/index.ts';
import type { TreeRef } from '../store/types.ts';
import { openSandbox } from './workshop.ts';

export interface Exclusion {
  readonly context: StepContext;
  readonly tools: TreeRef;
  /** Text of config/rootfs/excludes, or empty: patterns as `mksquashfs -wildcards -ef` has them. */
  readonly excludes: string;
}

/**
 * What the user's patterns leave of the root. mksquashfs itself decides that, on a tree of the same names with nothing in
 * them: its rules for patterns are its own.
 */
export async function excludeEntries(
  entries: readonly MergedEntry[],
  exclusion: Exclusion,
): Promise<readonly MergedEntry[]> {
  const { context, tools, excludes } = exclusion;
  if (excludes.trim() === '') return entries;
  const names = join(context.scratch, 'names');
  for (const { path, type } of entries) {
    if (type === 'd') await mkdir(join(names, path), { recursive: true });
    else await writeFile(join(names, path), '');
  }
  // A file and not standard input: that is a socket, which no program can open by a name.
  await writeFile(join(context.scratch, 'excludes'), excludes);
  const sandbox = await openSandbox(context.store, tools);
  await sandbox.runTool({
    argv: ['mksquashfs', 'names', 'left', '-wildcards', '-ef', '/in/excludes', '-no-progress', '-quiet'],
    cwd: '/in',
    binds: [{ source: context.scratch, target: '/in', writable: true }],
    signal: context.signal,
    onLine: (line) => context.log(line),
  });
  const left = await pathsOf(join(context.scratch, 'left'));
  return entries.filter(({ path }) => left.has(path));
}

function pathsOf(image: string): Promise<Set<string>> {
  return withImage(image, async (opened) => {
    const paths = new Set<string>();
    for await (const { path } of walk(opened)) paths.add(path);
    return paths;
  });
}
