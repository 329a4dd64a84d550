import { readFile } from 'node:fs/promises';
import { defineStep, type Step } from '../engine/step.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { type AptFiles, digestsOf, modeOf } from './aptFiles.ts';
import { listFiles } from './aptSimulation.ts';
import { type ImageLists, listPrefix, selectLists } from './imageLists.ts';
import type { IndexResult } from './indexResult.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface AptSourcesOptions {
  readonly base: ChrootBase;
  /** Text of /etc/apt/sources.list in the image. */
  readonly sourcesList: string;
  /** What else is in the image's /etc/apt. */
  readonly files: AptFiles;
  /** None without --apt-indices. */
  readonly lists: ImageLists | undefined;
  readonly below: readonly Step<TreeRef>[];
}

/** The image's own apt configuration, written last so that a new state of the archive redoes nothing but this. */
export function aptSourcesStep({ base, sourcesList, files: aptFiles, lists, below }: AptSourcesOptions): Step<TreeRef> {
  return defineStep({
    name: 'apt',
    title: 'package sources',
    version: 3,
    needs: [...chrootNeeds(base), ...(lists?.indices ?? []), ...below],
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      sourcesList,
      files: digestsOf(aptFiles),
      keep: (lists?.wanted ?? []).map(listPrefix),
      sources: lists
        ? selectLists(
            lists.wanted,
            lists.indices.flatMap((index) => resultOf(index).sources),
          )
        : [],
    }),
    run: async (inputs, context) => {
      const files = await aptFilesFor(context.store, { ...inputs, files: aptFiles });
      return changeRoot({ ...inputs, context, below: inputs.below }, async (layer) => {
        await layer.runInRoot({ argv: ['sh', '-c', clearScript, 'clear', ...inputs.keep] });
        for (const { path, content, mode } of files) {
          const argv = ['sh', '-c', writeScript, 'write', path, mode.toString(8)];
          await layer.runInRoot({ argv, input: content });
        }
      });
    },
  });
}

/**
 * Lists that hooks have left behind, but for those of the image's own archives (translations, contents), and downloads.
 * Arguments: what the names of lists that stay begin with.
 */
const clearScript = `
for file in /var/lib/apt/lists/*; do
  name=\${file##*/}
  [ "$name" != partial ] || continue
  for prefix; do
    case "$name" in "$prefix"_*) continue 2 ;; esac
  done
  rm -rf "$file"
done
[ ! -d /var/cache/apt ] || find /var/cache/apt ! -type d -exec rm -f {} +
`;

const writeScript = 'mkdir -p "$(dirname "$1")" && rm -f "$1" && cat >"$1" && chmod "$2" "$1"';

export interface ImageApt {
  readonly sourcesList: string;
  readonly files: AptFiles;
  readonly sources: IndexResult['sources'];
}

export interface WrittenFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode: number;
}

/** apt's sources, settings, keys and lists in the image. */
export async function aptFilesFor(store: Store, { sourcesList, files, sources }: ImageApt): Promise<WrittenFile[]> {
  const lists = sources.flatMap(listFiles).map(async ({ name, file }) => {
    return { path: `/var/lib/apt/lists/${name}`, content: await readFile(await store.blobPath(file)), mode: 0o644 };
  });
  return [
    { path: '/etc/apt/sources.list', content: sourcesList, mode: 0o644 },
    ...Object.entries(files).map(([path, content]) => ({ path: `/etc/apt/${path}`, content, mode: modeOf(path) })),
    ...(await Promise.all(lists)),
  ];
}
