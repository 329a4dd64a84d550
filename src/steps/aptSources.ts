import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type ResultOf, type Step } from '../engine/step.ts';
import { LENT } from '../rootfs/buildTime.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { type AptFiles, digestsOf, modeOf } from './aptFiles.ts';
import { listFiles } from './aptSimulation.ts';
import { type ImageLists, listPrefix, type NamedList, selectLists, selectTranslations } from './imageLists.ts';
import type { IndexResult } from './indexResult.ts';
import { type MediumSource, mediumLists, mediumSourceLine } from './mediumSource.ts';
import { layersWitness } from './sight.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface AptSourcesOptions {
  readonly base: ChrootBase;
  /** Text of /etc/apt/sources.list in the image. */
  readonly sourcesList: string;
  /** What else is in the image's /etc/apt. */
  readonly files: AptFiles;
  /** None without --apt-indices. */
  readonly lists: ImageLists | undefined;
  /** Packages on the medium, which come first. */
  readonly medium?: MediumSource;
  /** Empties /etc/fstab: what copies the system to a disk writes its own, and takes debootstrap's word for one of the user's. */
  readonly emptiesFstab?: true;
  readonly below: readonly Step<TreeRef>[];
}

/** The image's own apt configuration, written last so that a new state of the archive redoes nothing but this. */
export function aptSourcesStep(options: AptSourcesOptions): Step<TreeRef> {
  const { base, sourcesList, files: aptFiles, lists, medium, below } = options;
  return defineStep({
    name: 'apt',
    title: 'package sources',
    version: 4,
    needs: [
      ...[...chrootNeeds(base), ...(lists ? [...lists.indices, lists.translations] : [])],
      ...[...(medium ? [medium.pool] : []), ...below],
    ],
    witness: layersWitness,
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      sourcesList,
      files: digestsOf(aptFiles),
      ...(medium && { medium: mediumInputs(medium, resultOf) }),
      ...(options.emptiesFstab && { emptiesFstab: true }),
      keep: (lists?.wanted ?? []).map(listPrefix),
      sources: lists
        ? selectLists(
            lists.wanted,
            lists.indices.flatMap((index) => resultOf(index).sources),
          )
        : [],
      translations: lists ? selectTranslations(lists.wanted, resultOf(lists.translations)) : [],
    }),
    run: async (inputs, context) => {
      const { store } = context;
      const line = inputs.medium ? mediumSourceLine(inputs.medium) : '';
      const own = await aptFilesFor(store, { ...inputs, sourcesList: line + inputs.sourcesList, files: aptFiles });
      const onMedium = inputs.medium && lists ? await mediumLists(inputs.medium, inputs.medium.pool, store) : [];
      const fstab: WrittenFile[] = inputs.emptiesFstab ? [{ path: '/etc/fstab', content: '', mode: 0o644 }] : [];
      const files = [...own, ...onMedium, ...fstab];
      const source = join(context.scratch, 'apt-files');
      const input = await gatherFiles(source, files);
      return changeRoot({ ...inputs, context, watch: { onOneProcessor: true } }, async (layer) => {
        const argv = ['sh', '-c', `${clearScript}${writeScript}`, 'write', ...inputs.keep];
        await layer.runInRoot({ argv, input, binds: [{ source, target: GATHERED }] });
      });
    },
  });
}

const mediumInputs = ({ pool, suite, areas, architecture }: MediumSource, resultOf: ResultOf) => {
  return { pool: resultOf(pool), suite, areas, architecture };
};

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

const GATHERED = `${LENT}/apt-files`;

/** Standard input: number, mode and path of each file, a line each. */
const writeScript = `
set -e
while read -r number mode path; do
  mkdir -p "$(dirname "$path")"
  rm -f "$path"
  cat "${GATHERED}/$number" >"$path"
  chmod "$mode" "$path"
done
`;

/** Puts the files into `directory` under their numbers; gives what \`writeScript\` reads. */
async function gatherFiles(directory: string, files: readonly WrittenFile[]): Promise<string> {
  await mkdir(directory);
  for (const [number, { content }] of files.entries()) await writeFile(join(directory, String(number)), content);
  return files.map(({ path, mode }, number) => `${number} ${mode.toString(8)} ${path}\n`).join('');
}

export interface ImageApt {
  readonly sourcesList: string;
  readonly files: AptFiles;
  readonly sources: IndexResult['sources'];
  readonly translations: readonly NamedList[];
}

export interface WrittenFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode: number;
}

/** apt's sources, settings, keys and lists in the image. */
export async function aptFilesFor(store: Store, image: ImageApt): Promise<WrittenFile[]> {
  const { sourcesList, files, sources, translations } = image;
  const lists = [...sources.flatMap(listFiles), ...translations].map(async ({ name, file }) => {
    return { path: `/var/lib/apt/lists/${name}`, content: await readFile(await store.blobPath(file)), mode: 0o644 };
  });
  return [
    { path: '/etc/apt/sources.list', content: sourcesList, mode: 0o644 },
    ...Object.entries(files).map(([path, content]) => ({ path: `/etc/apt/${path}`, content, mode: modeOf(path) })),
    ...(await Promise.all(lists)),
  ];
}
