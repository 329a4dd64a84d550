import { defineStep, type Step } from '../engine/step.ts';
import type { TreeRef } from '../store/types.ts';
import { listFiles } from './aptSimulation.ts';
import type { Compression } from './compression.ts';
import { type ImageLists, selectLists, selectTranslations } from './imageLists.ts';
import { squashLarge } from './residue.ts';
import type { SquashedObject } from './squasher.ts';

export interface ListObjectsOptions {
  readonly tools: Step<TreeRef>;
  readonly lists: ImageLists;
  readonly compression: Compression;
}

/**
 * Compresses the lists of packages that the image's apt will have. They are known long before the layer that they are in,
 * and are most of what no package holds: so that is done beside dpkg, too.
 */
export function listObjectsStep({ tools, lists, compression }: ListObjectsOptions): Step<readonly SquashedObject[]> {
  const { indices, translations, wanted } = lists;
  return defineStep({
    name: 'list-objects',
    title: 'compressed lists of packages',
    version: 1,
    needs: [tools, ...indices, translations],
    inputs: (resultOf) => {
      const sources = indices.flatMap((index) => resultOf(index).sources);
      const files = selectLists(wanted, sources).flatMap(listFiles);
      const all = [...files, ...selectTranslations(wanted, resultOf(translations))];
      return { tools: resultOf(tools), compression, files: all.map(({ file }) => file) };
    },
    run: async ({ files, ...squashing }, context) => {
      const contents = files.map(async (file) => {
        return { digest: file.blob, sizeBytes: file.sizeBytes, path: await context.store.blobPath(file) };
      });
      return squashLarge({ ...squashing, context }, await Promise.all(contents));
    },
  });
}
