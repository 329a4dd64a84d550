import { join } from 'node:path';
import { digestOptionFiles } from '../config/digestOptionFiles.ts';
import { digestTree } from '../config/digestTree.ts';
import type { LiveConfig } from '../config/load.ts';
import type { ImageType } from '../config/options/image.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import { parseCredentials, withCredentials } from '../debian/netrc.ts';
import type { Step } from '../engine/step.ts';
import { aptSourcesStep } from '../steps/aptSources.ts';
import { indexStep } from '../steps/archive.ts';
import { readCompression } from '../steps/compression.ts';
import { type HookSurroundings, hookStep } from '../steps/hook.ts';
import type { ImageLists } from '../steps/imageLists.ts';
import { includesStep } from '../steps/includes.ts';
import type { IndexResult } from '../steps/indexResult.ts';
import { initrdStep } from '../steps/initrd.ts';
import { installerStep } from '../steps/installer.ts';
import { type Listings, listingsStep } from '../steps/listings.ts';
import type { UserDirectory } from '../steps/medium.ts';
import { objectsStep } from '../steps/objects.ts';
import { rootfsStep } from '../steps/rootfs.ts';
import { extRootfsStep } from '../steps/rootfsExt.ts';
import { treeRootfsStep } from '../steps/rootfsTree.ts';
import { swapFileStep } from '../steps/swapFile.ts';
import { toolsSteps } from '../steps/tools.ts';
import type { ChrootBase, EpochSource } from '../steps/workshop.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { onlyInImage } from './aptTree.ts';
import { initrdWishes } from './initrdWishes.ts';
import { planPackages } from './packages.ts';
import { type PlannedMedium, planMedium } from './planMedium.ts';
import { imageSuites, indexSources, sourcesListText } from './sources.ts';
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
}

/** The graph of a build, with the steps whose results somebody outside wants. */
export interface BuildPlan {
  readonly tools: Step<TreeRef>;
  readonly rootfs: Step<BlobRef>;
  /** One for each type of image asked for, in that order; never empty. */
  readonly media: readonly [PlannedMedium, ...PlannedMedium[]];
  readonly listings: Step<Listings>;
  /** The layers of the root, lowest first. */
  readonly layers: readonly Step<TreeRef>[];
  readonly targets: readonly Step[];
  /** What hooks find around them, for `lb shell`. */
  readonly surroundings: Pick<HookSurroundings, 'config' | 'network'>;
}

/** Makes the graph of steps; nothing runs and nothing is asked before the engine does so. */
export function planBuild(options: PlanOptions): BuildPlan {
  const { config, tree, keys } = options;
  const { values } = config;
  const downloader = withCredentials(options.downloader, tree.apt.credentials.flatMap(parseCredentials));
  const toolsTree = toolsSteps({ ...options, mirror: options.toolsMirror });
  const [tools, hookTools] = [toolsTree('build'), toolsTree('hooks')];
  const index = indexStep({
    name: 'index',
    title: 'package index',
    sources: indexSources(values, 'Chroot', tree.foreign),
    downloader,
    keys,
    further: tree.apt.further,
  });
  const epoch: EpochSource = {
    needs: [index],
    secondsOf: (resultOf) => options.epochSeconds ?? resultOf(index).dateSeconds,
  };
  const { debconfFrontend, debconfPriority } = values;
  const base: ChrootBase = { tools, epoch, debconfFrontend, debconfPriority, environment: tree.environment };
  const { layers, installLayers, network, supply, pool } = planPackages({ ...options, downloader, tools, index, base });
  const add = (step: Step<TreeRef>): void => void layers.push(step);
  const below = (): readonly Step<TreeRef>[] => [...layers];
  for (const includes of tree.includesAfter) add(includesStep({ base, ...includes, below: below() }));
  const forHooks = { base, network, config: configDirectory(tree), environment: tree.environment };
  for (const { name, path, isStock } of tree.hooks) {
    const seen = isStock ? { config: optionFiles(tree) } : {};
    add(hookStep({ ...forHooks, name, path, isStock, ...seen, below: below() }));
  }
  add(initrdStep({ base, below: below(), wishes: initrdWishes(values) }));
  const { swapFilePath: path, swapFileSize: sizeMib } = values;
  if (path !== '') add(swapFileStep({ base, path, sizeMib, below: below() }));
  add(
    aptSourcesStep({
      base,
      sourcesList: sourcesListText(values, 'Binary'),
      files: tree.apt.imageFiles,
      lists: values.aptIndices ? imageLists(options, { index, downloader }) : undefined,
      below: below(),
    }),
  );

  const { chrootFilesystem } = values;
  const compression = readCompression({
    type: values.chrootSquashfsCompressionType,
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
  const installer = planInstaller({ ...options, downloader }, index);
  const listings = listingsStep({ tools, layers, installLayers });
  const forMedia = {
    listings,
    ...{ tools, epoch, layers, rootfs, tree, values, hookTools, version: options.version, proxy: options.proxy },
    ...{ config: configDirectory(tree), ...(installer && { installer }), ...(pool && { pool }) },
    ...(verity && { verity }),
    starters: planStarters(values, { index, epoch, downloader }),
    ...{ ...(bootloaders && { bootloaders }), ...(includesBinary && { includesBinary }) },
  };
  const planType = (type: ImageType): PlannedMedium => planMedium(type, forMedia);
  const [firstType = 'iso-hybrid', ...otherTypes] = new Set(values.binaryImages);
  const media: BuildPlan['media'] = [planType(firstType), ...otherTypes.map(planType)];
  const surroundings = { config: forHooks.config, network };
  const ofMedia = media.flatMap(({ medium, image, zsync, onie }) => [image ?? medium, zsync, onie]);
  const targets = [...ofMedia.filter((step) => step !== undefined), listings];
  return { tools, rootfs, media, listings, layers, targets, surroundings };
}

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
  return {
    indices: [index, ...(further.archives.length > 0 ? [indexStep(own)] : [])],
    wanted: [...imageSuites(values), ...tree.apt.imageArchives.archives.map(({ uri, suite }) => ({ uri, suite }))],
  };
}

interface Indexing {
  readonly index: Step<IndexResult>;
  readonly downloader: Downloader;
}

/** The installer comes from a suite of its own choice; often that is the image's, whose index is asked for anyway. */
function planInstaller({ config, tree, downloader, keys }: PlanOptions, index: Step<IndexResult>) {
  const { values } = config;
  if (values.debianInstaller === 'none') return undefined;
  const { architecture, debianInstallerGui: gui, parentDebianInstallerDistribution: suite } = values;
  const source = {
    uri: values.parentMirrorDebianInstaller,
    suite,
    components: ['main'],
    architectures: [architecture],
  };
  const [main] = indexSources(values, 'Chroot');
  const isMain = main?.uri === source.uri && main.suite === suite && main.components.includes('main');
  const further = { ...tree.apt.further, archives: [] };
  const own = {
    name: 'installer-index',
    title: 'index of the installer',
    sources: [source],
    downloader,
    keys,
    further,
  };
  return installerStep({ index: isMain ? index : indexStep(own), suite, architecture, gui, downloader });
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
