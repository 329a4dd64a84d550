import { join } from 'node:path';
import { digestOptionFiles } from '../config/digestOptionFiles.ts';
import { digestTree } from '../config/digestTree.ts';
import type { LiveConfig } from '../config/load.ts';
import type { ImageType } from '../config/options/image.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import type { Step } from '../engine/step.ts';
import { aptSourcesStep } from '../steps/aptSources.ts';
import { indexStep } from '../steps/archive.ts';
import { type HookNetwork, hookStep } from '../steps/hook.ts';
import type { ImageLists } from '../steps/imageLists.ts';
import { includesStep } from '../steps/includes.ts';
import type { IndexResult } from '../steps/indexResult.ts';
import { initrdStep } from '../steps/initrd.ts';
import type { UserDirectory } from '../steps/medium.ts';
import { swapFileStep } from '../steps/swapFile.ts';
import { translationsStep, wantsNoTranslations } from '../steps/translations.ts';
import type { ChrootBase } from '../steps/workshop.ts';
import type { TreeRef } from '../store/types.ts';
import { onlyInImage } from './aptTree.ts';
import { type Handwork, isShell, planHandwork } from './handwork.ts';
import { initrdWishes } from './initrdWishes.ts';
import { loadsFromMedium } from './mediumSettings.ts';
import { imageSuites, sourcesListText } from './sources.ts';
import type { BuildTree } from './tree.ts';

export interface UpperLayersRequest {
  readonly config: LiveConfig;
  readonly tree: BuildTree;
  readonly base: ChrootBase;
  readonly index: Step<IndexResult>;
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
  readonly network: HookNetwork;
  /** What a medium of that type carries to be installed later. */
  readonly poolOf: (type: ImageType) => Step<TreeRef> | undefined;
  /** Whether somebody is there to work by hand. */
  readonly isAttended?: boolean;
}

export interface UpperLayers {
  /** Lowest first. */
  readonly layers: readonly Step<TreeRef>[];
  /** What apt in the image knows from the beginning. */
  readonly lists: ImageLists | undefined;
  readonly handwork?: Handwork;
}

/** The layers of the root above those of packages: the user's files, hooks, the initramfs, and what the image's own apt has. */
export function planUpperLayers(request: UpperLayersRequest, packages: readonly Step<TreeRef>[]): UpperLayers {
  const { base, tree, poolOf, isAttended } = request;
  const { values } = request.config;
  const layers: Step<TreeRef>[] = [];
  const below = (): readonly Step<TreeRef>[] => [...packages, ...layers];
  // Nothing of the target runs in it.
  const { emulator: _, ...plain } = base;
  for (const includes of tree.includesAfter) layers.push(includesStep({ base: plain, ...includes, below: below() }));
  for (const hook of tree.hooks) layers.push(planHook(request, hook, below()));
  layers.push(initrdStep({ base, below: below(), wishes: initrdWishes(values) }));
  const handwork = isAttended && isShell(values) ? planHandwork(base, below()) : undefined;
  if (handwork) layers.push(handwork.step);
  const { swapFilePath: path, swapFileSize: sizeMib } = values;
  if (path !== '') layers.push(swapFileStep({ base, path, sizeMib, below: below() }));
  const lists = values.aptIndices ? imageLists(request) : undefined;
  layers.push(
    aptSourcesStep({
      base,
      sourcesList: sourcesListText(values, 'Binary'),
      files: tree.apt.imageFiles,
      lists,
      ...mediumSource(values, poolOf),
      below: below(),
    }),
  );
  return { layers, lists, ...(handwork && { handwork }) };
}

function planHook(
  { base, network, tree }: UpperLayersRequest,
  { name, path, kind, isStock }: BuildTree['hooks'][number],
  below: readonly Step<TreeRef>[],
): Step<TreeRef> {
  const config = isStock ? optionFiles(tree) : configDirectory(tree);
  const environment = kind === 'container' ? { ...tree.environment, ...containerVariables } : tree.environment;
  return hookStep({ base, network, config, environment, name, path, isStock, below });
}

/**
 * live-build runs container hooks by systemd-nspawn, which boots nothing there either: all they have more than others is a
 * process tree of their own, which ours all have, and what systemd-nspawn(1) says of itself.
 */
const containerVariables = { container: 'systemd-nspawn', USER: 'root', LOGNAME: 'root' };

/** The lists of what the image updates from; sources of the image alone are asked for them by a step of their own. */
function imageLists({ config: { values }, tree, keys, index, downloader }: UpperLayersRequest): ImageLists {
  const further = onlyInImage(tree.apt);
  const title = 'index of the image’s own archives';
  const own = { name: 'image-index', title, sources: [], downloader, keys, further };
  const indices = [index, ...(further.archives.length > 0 ? [indexStep(own)] : [])];
  return {
    indices,
    translations: translationsStep({ indices: wantsNoTranslations(tree.apt.imageFiles) ? [] : indices, downloader }),
    wanted: [...imageSuites(values), ...tree.apt.imageArchives.archives.map(({ uri, suite }) => ({ uri, suite }))],
  };
}

/** What an installer on the medium is there for, the live system may install from it too. */
function mediumSource(values: LiveConfig['values'], poolOf: UpperLayersRequest['poolOf']) {
  const type = values.binaryImages.find((name) => loadsFromMedium(values, name));
  const pool = type && poolOf(type);
  if (pool === undefined) return {};
  const { parentDebianInstallerDistribution: suite, parentArchiveAreas: areas, architecture } = values;
  const medium = { pool, suite, areas, architecture };
  return { medium, ...(values.debianInstaller === 'live' && { emptiesFstab: true as const }) };
}

/** What stock hooks read of the configuration: the options. */
function optionFiles({ directory }: BuildTree): UserDirectory {
  const path = join(directory, 'config');
  return { path, digest: () => digestOptionFiles(directory) };
}

export function configDirectory({ directory }: BuildTree): UserDirectory {
  const path = join(directory, 'config');
  return { path, digest: async () => (await digestTree(path)).digest };
}
