import type { LiveConfig } from '../config/load.ts';
import type { ImageType } from '../config/options/image.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import { parseCredentials, withCredentials } from '../debian/netrc.ts';
import type { Step } from '../engine/step.ts';
import { indexStep } from '../steps/archive.ts';
import type { HookSurroundings } from '../steps/hook.ts';
import { type Listings, listingsStep } from '../steps/listings.ts';
import { toolsIndexStep, toolsSteps } from '../steps/tools.ts';
import type { ChrootBase, EpochSource } from '../steps/workshop.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { planForeign } from './foreign.ts';
import type { Handwork } from './handwork.ts';
import { planInstaller } from './installer.ts';
import { planPackages } from './packages.ts';
import { type PlannedMedium, planMedium } from './planMedium.ts';
import { type PlannedSource, planSource } from './source.ts';
import { checksOf, indexSources } from './sources.ts';
import { planStarters } from './starters.ts';
import { planSystemImage } from './systemImage.ts';
import type { BuildTree } from './tree.ts';
import { configDirectory, planUpperLayers } from './upperLayers.ts';
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
  const { tree, keys } = options;
  const { values } = options.config;
  const config = configDirectory(tree);
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
  const foreign = planForeign(forTools, toolsIndex, values.architecture);
  const base: ChrootBase = {
    ...{ tools, epoch, debconfFrontend, debconfPriority, environment: tree.environment },
    ...(foreign.emulator && { emulator: foreign.emulator }),
  };
  const installer = planInstaller({ config: options.config, tree, downloader, keys, index, hookTools, epoch });
  const forPackages = { ...options, downloader, tools, index, base, installer };
  const { layers: lower, installLayers, network, supply, poolOf } = planPackages(forPackages);
  const upper = planUpperLayers({ ...forPackages, network, poolOf }, lower);
  const layers = [...lower, ...upper.layers];
  const rootfs = planSystemImage({
    ...{ values, tree, tools, hookTools, epoch, layers, supply },
    lists: upper.lists,
  });
  const verity = planVerity({ tools: hookTools, epoch, rootfs, values, tree });
  const { bootloaders, includesBinary } = tree;
  const listings = listingsStep({ tools, layers, installLayers });
  const forMedia = {
    listings,
    ...{ ...foreign, tools, epoch, layers, rootfs, tree, values, hookTools },
    ...{ version: options.version, proxy: options.proxy, config },
    ...(tree.hasLivePass && { installLayers }),
    ...(verity && { verity }),
    starters: planStarters(values, { index, epoch, downloader }),
    ...{ ...(bootloaders && { bootloaders }), ...(includesBinary && { includesBinary }) },
  };
  const source = planSource({
    ...{ values, tree, tools, hookTools, index, epoch, layers, listings, downloader, keys },
    ...{ config, proxy: options.proxy, version: options.version },
  });
  const planType = (type: ImageType): PlannedMedium => {
    const pool = poolOf(type);
    return planMedium(type, { ...forMedia, ...installer.ofMedium(type), ...(pool && { pool }) });
  };
  const [firstType = 'iso-hybrid', ...otherTypes] = new Set(values.binaryImages);
  const media: BuildPlan['media'] = [planType(firstType), ...otherTypes.map(planType)];
  const ofMedia = media.flatMap(({ medium, image, zsync, onie }) => [image ?? medium, zsync, onie]);
  const targets = [
    ...ofMedia.filter((step) => step !== undefined),
    listings,
    ...(source ? [source.medium, ...Object.values(source.images)] : []),
  ];
  return {
    ...{ ...(source && { source }), ...(upper.handwork && { handwork: upper.handwork }) },
    ...{ tools, rootfs, media, listings, layers, targets, surroundings: { config, network } },
  };
}
