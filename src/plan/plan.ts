import { join } from 'node:path';
import { digestOptionFiles } from '../config/digestOptionFiles.ts';
import { digestTree } from '../config/digestTree.ts';
import type { LiveConfig } from '../config/load.ts';
import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import { parseCredentials, withCredentials } from '../debian/netrc.ts';
import type { Step } from '../engine/step.ts';
import { aptSourcesStep } from '../steps/aptSources.ts';
import { indexStep } from '../steps/archive.ts';
import { readCompression } from '../steps/compression.ts';
import { handworkStep } from '../steps/handwork.ts';
import { type HookSurroundings, hookStep } from '../steps/hook.ts';
import type { ImageLists } from '../steps/imageLists.ts';
import { includesStep } from '../steps/includes.ts';
import type { IndexResult } from '../steps/indexResult.ts';
import { initrdStep } from '../steps/initrd.ts';
import { type Listings, listingsStep } from '../steps/listings.ts';
import type { UserDirectory } from '../steps/medium.ts';
import { objectsStep } from '../steps/objects.ts';
import { rootfsStep } from '../steps/rootfs.ts';
import { extRootfsStep } from '../steps/rootfsExt.ts';
import { treeRootfsStep } from '../steps/rootfsTree.ts';
import { swapFileStep } from '../steps/swapFile.ts';
import { toolsIndexStep, toolsSteps } from '../steps/tools.ts';
import { translationsStep, wantsNoTranslations } from '../steps/translations.ts';
import type { ChrootBase, EpochSource } from '../steps/workshop.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { onlyInImage } from './aptTree.ts';
import { planForeign } from './foreign.ts';
import { initrdWishes } from './initrdWishes.ts';
import { planInstaller } from './installer.ts';
import { loadsFromMedium } from './mediumSettings.ts';
import { compressionType } from './mksquashfsOptions.ts';
import { planPackages } from './packages.ts';
import { type PlannedMedium, planMedium } from './planMedium.ts';
import { type PlannedSource, planSource } from './source.ts';
import { checksOf, imageSuites, indexSources, sourcesListText } from './sources.ts';
import { planStarters } from './starters.ts';
import { isExt, isTree } from './systemKinds.ts';
import type { BuildTree } from './tree.ts';
import { planVerity } from './verity.ts';

export interface PlanOptions {
  readonly config: LiveConfig;
  readonly tree: BuildTree;
  /** A Debian mirror for the tools tree. */
  readonly toolsMirror: string;
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
  /** SOURCE_DATE_EPOCH of the environment. */
  readonly epochSeconds: number | undefined;
  /** Proxy variables for programs that may use the network. */
  readonly proxy: Readonly<Record<string, string>>;
  readonly version: string;
  /** With `--interactive`: whether somebody is there to work by hand. */
  readonly isAttended?: boolean;
}

/** What `--interactive` puts into the graph: the layer that somebody makes by hand. */
export interface Handwork {
  readonly step: Step<TreeRef>;
  readonly base: ChrootBase;
  readonly below: readonly Step<TreeRef>[];
  /** To be called before the step runs. */
  readonly keep: (layer: TreeRef) => void;
}

/** The graph of a build, with the steps whose results somebody outside wants. */
export interface BuildPlan {
  readonly tools: Step<TreeRef>;
  readonly rootfs: Step<BlobRef>;
  /** One for each type of image asked for, in that order; never empty. */
  readonly media: readonly [PlannedMedium, ...PlannedMedium[]];
  readonly listings: Step<Listings>;
  /** With `--source`. */
  readonly source?: PlannedSource;
  /** The layers of the root, lowest first. */
  readonly layers: readonly Step<TreeRef>[];
  readonly targets: readonly Step[];
  /** What hooks find around them, for `lb shell`. */
  readonly surroundings: Pick<HookSurroundings, 'config' | 'network'>;
  /** Absent where nothing is done by hand. */
  readonly handwork?: Handwork;
}

/** Makes the graph of steps; nothing runs and nothing is asked before the engine does so. */
export function planBuild(options: PlanOptions): BuildPlan {
  const { config, tree, keys } = options;
  const { values } = config;
  const downloader = withCredentials(options.downloader, tree.apt.credentials.flatMap(parseCredentials));
  const forTools = { ...options, mirror: options.toolsMirror };
  const toolsIndex = toolsIndexStep(forTools);
  const toolsTree = toolsSteps(forTools, toolsIndex);
  const [tools, hookTools] = [toolsTree('build'), toolsTree('hooks')];
  const index = indexStep({
    name: 'index',
    title: 'package index',
    sources: indexSources(values, 'Chroot', tree.foreign).map((source) => ({ ...source, ...checksOf(tree) })),
    downloader,
    keys,
    further: tree.apt.further,
  });
  const epoch: EpochSource = {
    needs: [index],
    secondsOf: (resultOf) => options.epochSeconds ?? resultOf(index).dateSeconds,
  };
  const { debconfFrontend, debconfPriority } = values;
  const plain: ChrootBase = { tools, epoch, debconfFrontend, debconfPriority, environment: tree.environment };
  const foreign = planForeign(forTools, toolsIndex, values.architecture);
  const base: ChrootBase = { ...plain, ...(foreign.emulator && { emulator: foreign.emulator }) };
  const installer = planInstaller({ config, tree, downloader, keys, index, hookTools, epoch });
  const forPackages = { ...options, downloader, tools, index, base, installer };
  const { layers, installLayers, network, supply, poolOf } = planPackages(forPackages);
  const add = (step: Step<TreeRef>): void => void layers.push(step);
  const below = (): readonly Step<TreeRef>[] => [...layers];
  for (const includes of tree.includesAfter) add(includesStep({ base: plain, ...includes, below: below() }));
  const forHooks = { base, network, config: configDirectory(tree), environment: tree.environment };
  for (const { name, path, kind, isStock } of tree.hooks) {
    const seen = isStock ? { config: optionFiles(tree) } : {};
    const environment = kind === 'container' ? { ...tree.environment, ...containerVariables } : tree.environment;
    add(hookStep({ ...forHooks, environment, name, path, isStock, ...seen, below: below() }));
  }
  add(initrdStep({ base, below: below(), wishes: initrdWishes(values) }));
  const handwork = options.isAttended && isShell(values) ? planHandwork(base, below()) : undefined;
  if (handwork) add(handwork.step);
  const { swapFilePath: path, swapFileSize: sizeMib } = values;
  if (path !== '') add(swapFileStep({ base, path, sizeMib, below: below() }));
  add(
    aptSourcesStep({
      base,
      sourcesList: sourcesListText(values, 'Binary'),
      files: tree.apt.imageFiles,
      lists: values.aptIndices ? imageLists(options, { index, downloader }) : undefined,
      ...mediumSource(values, poolOf),
      below: below(),
    }),
  );

  const { chrootFilesystem } = values;
  const compression = readCompression({
    type: compressionType(values.chrootSquashfsCompressionType, values.mksquashfsOptions),
    level: values.chrootSquashfsCompressionLevel,
  });
  const forRootfs = { epoch, layers, excludes: tree.excludes };
  const makeSquashfs = () =>
    rootfsStep({ ...forRootfs, tools, compression, objects: objectsStep({ tools, ...supply, compression }) });
  const rootfs = isExt(chrootFilesystem)
    ? extRootfsStep({ ...forRootfs, tools: hookTools, type: chrootFilesystem })
    : isTree(chrootFilesystem)
      ? treeRootfsStep(forRootfs)
      : makeSquashfs();
  const verity = planVerity({ tools: hookTools, epoch, rootfs, values, tree });
  const { bootloaders, includesBinary } = tree;
  const listings = listingsStep({ tools, layers, installLayers });
  const forMedia = {
    listings,
    ...{
      ...foreign,
      tools,
      epoch,
      layers,
      rootfs,
      tree,
      values,
      hookTools,
      version: options.version,
      proxy: options.proxy,
    },
    config: configDirectory(tree),
    ...(verity && { verity }),
    starters: planStarters(values, { index, epoch, downloader }),
    ...{ ...(bootloaders && { bootloaders }), ...(includesBinary && { includesBinary }) },
  };
  const source = planSource({
    ...{ values, tree, tools, hookTools, index, epoch, layers, listings, downloader, keys },
    ...{ config: configDirectory(tree), proxy: options.proxy, version: options.version },
  });
  const planType = (type: ImageType): PlannedMedium => {
    const pool = poolOf(type);
    return planMedium(type, { ...forMedia, ...installer.ofMedium(type), ...(pool && { pool }) });
  };
  const [firstType = 'iso-hybrid', ...otherTypes] = new Set(values.binaryImages);
  const media: BuildPlan['media'] = [planType(firstType), ...otherTypes.map(planType)];
  const surroundings = { config: forHooks.config, network };
  const ofMedia = media.flatMap(({ medium, image, zsync, onie }) => [image ?? medium, zsync, onie]);
  const targets = [
    ...ofMedia.filter((step) => step !== undefined),
    listings,
    ...(source ? [source.medium, ...Object.values(source.images)] : []),
  ];
  return {
    ...{ ...(source && { source }), ...(handwork && { handwork }) },
    ...{ tools, rootfs, media, listings, layers, targets, surroundings },
  };
}

/** Whether `--interactive` asks for a shell. */
export const isShell = ({ interactive }: Pick<LiveValues, 'interactive'>): boolean =>
  interactive === 'true' || interactive === 'shell';

function planHandwork(base: ChrootBase, below: readonly Step<TreeRef>[]): Handwork {
  let made: TreeRef | undefined;
  const layer = (): TreeRef => {
    if (made === undefined) throw new Error('nothing has been done by hand yet');
    return made;
  };
  const keep = (tree: TreeRef): void => {
    made = tree;
  };
  return { step: handworkStep(layer, below), base, below, keep };
}

/**
 * live-build runs container hooks by systemd-nspawn, which boots nothing there either: all they have more than others is a
 * process tree of their own, which ours all have, and what systemd-nspawn(1) says of itself.
 */
const containerVariables = { container: 'systemd-nspawn', USER: 'root', LOGNAME: 'root' };

/** The lists of what the image updates from; sources of the image alone are asked for them by a step of their own. */
function imageLists({ config: { values }, tree, keys }: PlanOptions, { index, downloader }: Indexing): ImageLists {
  const further = onlyInImage(tree.apt);
  const own = {
    name: 'image-index',
    title: 'index of the image’s own archives',
    sources: [],
    downloader,
    keys,
    further,
  };
  const indices = [index, ...(further.archives.length > 0 ? [indexStep(own)] : [])];
  return {
    indices,
    translations: translationsStep({ indices: wantsNoTranslations(tree.apt.imageFiles) ? [] : indices, downloader }),
    wanted: [...imageSuites(values), ...tree.apt.imageArchives.archives.map(({ uri, suite }) => ({ uri, suite }))],
  };
}

/** What an installer on the medium is there for, the live system may install from it too. */
function mediumSource(values: LiveConfig['values'], poolOf: (type: ImageType) => Step<TreeRef> | undefined) {
  const type = values.binaryImages.find((name) => loadsFromMedium(values, name));
  const pool = type && poolOf(type);
  if (pool === undefined) return {};
  const { parentDebianInstallerDistribution: suite, parentArchiveAreas: areas, architecture } = values;
  const medium = { pool, suite, areas, architecture };
  return { medium, ...(values.debianInstaller === 'live' && { emptiesFstab: true as const }) };
}

interface Indexing {
  readonly index: Step<IndexResult>;
  readonly downloader: Downloader;
}

/** What stock hooks read of the configuration: the options. */
function optionFiles({ directory }: BuildTree): UserDirectory {
  const path = join(directory, 'config');
  return { path, digest: () => digestOptionFiles(directory) };
}

function configDirectory({ directory }: BuildTree): UserDirectory {
  const path = join(directory, 'config');
  return { path, digest: async () => (await digestTree(path)).digest };
}
