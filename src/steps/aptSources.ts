import { readFile } from 'node:fs/promises';
import { defineStep, type Step } from '../engine/step.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { listFiles } from './aptSimulation.ts';
import type { IndexResult } from './indexResult.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface AptSourcesOptions {
  readonly base: ChrootBase;
  /** Text of /etc/apt/sources.list in the image. */
  readonly sourcesList: string;
  /** Whose lists the image carries, so that apt knows packages before its first update; none without --apt-indices. */
  readonly index: Step<IndexResult> | undefined;
  readonly below: readonly Step<TreeRef>[];
}

/** The image's own apt configuration, written last so that a new state of the archive redoes nothing but this. */
export function aptSourcesStep({ base, sourcesList, index, below }: AptSourcesOptions): Step<TreeRef> {
  return defineStep({
    name: 'apt',
    title: 'package sources',
    version: 1,
    needs: [...chrootNeeds(base), ...(index ? [index] : []), ...below],
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      sourcesList,
      sources: index ? resultOf(index).sources : [],
    }),
    run: async (inputs, context) => {
      const files = await aptFilesFor(context.store, inputs.sourcesList, inputs.sources);
      return changeRoot({ ...inputs, context, below: inputs.below }, async (layer) => {
        for (const [path, content] of files) {
          await layer.runInRoot({ argv: ['sh', '-c', 'rm -f "$1" && cat >"$1"', 'write', path], input: content });
        }
      });
    },
  });
}

/** Absolute path and content of apt's sources and lists. */
export async function aptFilesFor(
  store: Store,
  sourcesList: string,
  sources: IndexResult['sources'],
): Promise<(readonly [path: string, content: string | Uint8Array])[]> {
  const lists = await Promise.all(
    sources.flatMap(listFiles).map(async ({ name, file }) => {
      const content: Uint8Array | string = await readFile(await store.blobPath(file));
      return [`/var/lib/apt/lists/${name}`, content] as const;
    }),
  );
  return [['/etc/apt/sources.list', sourcesList] as const, ...lists];
}
