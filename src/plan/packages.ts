import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LiveConfig } from '../config/load.ts';
import { mirrorOf } from '../config/mirrors.ts';
import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import type { Downloader } from '../debian/http.ts';
import type { Step } from '../engine/step.ts';
import { choosingFiles } from '../steps/aptFiles.ts';
import { bootstrapStep } from '../steps/bootstrap.ts';
import { downloadStep } from '../steps/download.ts';
import { firmwareStep } from '../steps/firmware.ts';
import type { HookNetwork } from '../steps/hook.ts';
import { includesStep } from '../steps/includes.ts';
import type { IndexResult } from '../steps/indexResult.ts';
import { listCommandsStep, listToolsFor } from '../steps/listCommands.ts';
import { localPackagesStep } from '../steps/localPackages.ts';
import type { Lock } from '../steps/lock.ts';
import { packagesStep } from '../steps/packages.ts';
import { preseedStep } from '../steps/preseed.ts';
import { LOCAL_SLICE, type ResolveOptions, resolveStep, type Wishes } from '../steps/resolve.ts';
import type { Wish } from '../steps/wishes.ts';
import type { ChrootBase } from '../steps/workshop.ts';
import type { TreeRef } from '../store/types.ts';
import { choosingOptions } from './aptOptions.ts';
import { bootstrapWishes, forMirror } from './debootstrap.ts';
import type { PlannedInstaller } from './installer.ts';
import { planPools, said } from './pools.ts';
import { sourcesListText } from './sources.ts';
import type { BuildTree } from './tree.ts';

export interface PackagesRequest {
  readonly config: LiveConfig;
  readonly tree: BuildTree;
  readonly tools: Step<TreeRef>;
  readonly index: Step<IndexResult>;
  readonly base: ChrootBase;
  readonly downloader: Downloader;
  /** Proxy variables for programs that may use the network. */
  readonly proxy: Readonly<Record<string, string>>;
  readonly installer: PlannedInstaller;
}

export interface PlannedPackages {
  /** From the base system to the packages of the last pass; the caller goes on from there. */
  readonly layers: Step<TreeRef>[];
  /** Those up to the first pass. */
  readonly installLayers: readonly Step<TreeRef>[];
  readonly network: HookNetwork;
  /** The whole package set. */
  readonly supply: Supply;
  /** What a medium carries to be installed later. */
  readonly poolOf: (type: ImageType) => Step<TreeRef> | undefined;
}

/** A lock and its packages in the store. */
export interface Supply {
  readonly resolve: Step<Lock>;
  readonly download: Step;
}

/**
 * The part of the graph that chooses packages and installs them, with what comes in between. Commands in package lists
 * need a base system to run in: then that is chosen first, by itself, and the rest when they have spoken.
 */
export function planPackages(request: PackagesRequest): PlannedPackages {
  const { tree, base } = request;
  const { install, live, pool: forPool } = tree.commands;
  const commands = [...new Set([...install, ...live, ...forPool].map(({ command }) => command))];
  const options = resolveOptions(request);
  const network = networkOf(request, options);
  const before = commands.length > 0 ? supplyBase(request, options, commands) : undefined;
  const all = before ?? supply(request, options);

  const layers: Step<TreeRef>[] = [bootstrapStep({ base, ...all, recommends: request.config.values.aptRecommends })];
  const below = (): readonly Step<TreeRef>[] => [...layers];
  const { directory, preseeds, environment } = tree;
  if (preseeds.length > 0) layers.push(preseedStep({ base, directory, files: preseeds, below: below() }));
  // Nothing of the target runs in it.
  const { emulator: _, ...plain } = base;
  for (const includes of tree.includesBefore) layers.push(includesStep({ base: plain, ...includes, below: below() }));

  const forCommands = { base, commands, environment: { ...exported(request.config), ...environment }, network };
  const outputs = before && listCommandsStep({ ...forCommands, ...before, below: below() });
  const rest = outputs ? supply(request, { ...options, outputs }) : all;
  const addPackages = (slice: string, title: string): void =>
    void layers.push(packagesStep({ base, slice, title, ...rest, dpkgOptions: tree.apt.dpkgOptions, below: below() }));
  addPackages(OPTIONS_SLICE, 'packages');
  for (const list of listSlices(tree)) addPackages(list, `packages of ${list}`);
  if (tree.localPackages.length > 0) addPackages(LOCAL_SLICE, 'local packages');
  const installLayers = below();
  if (tree.hasLivePass) addPackages('live', 'live packages');
  const poolOf = planPools(request, options, { outputs, bootstrap: layers[0], lock: rest.resolve });
  return { layers, installLayers, network, supply: rest, poolOf };
}

/** The variables of live-build's that reach its commands; hooks in the root have none of them. */
function exported({ values }: LiveConfig): Record<string, string> {
  return {
    LB_ARCHITECTURE: values.architecture,
    LB_ARCHITECTURES: values.architecture,
    LB_IMAGE_NAME: values.imageName,
    LB_IMAGE_TYPE: values.binaryImages.join(' '),
    LB_ARCHIVE_AREAS: values.archiveAreas.join(' '),
    LB_PARENT_ARCHIVE_AREAS: values.parentArchiveAreas.join(' '),
  };
}

function resolveOptions({ config, tree, tools, index, downloader }: PackagesRequest): ResolveOptions {
  const { values } = config;
  const { architecture } = values;
  const { directory, localPackages: packages } = tree;
  return {
    architecture,
    foreign: tree.foreign,
    tools,
    index,
    bootstrap: forMirror(bootstrapWishes(values), values.parentMirrorBootstrap || values.mirrorBootstrap),
    recommends: values.aptRecommends,
    ...(values.firmwareChroot && { firmware: firmwareStep({ index, downloader, architecture }) }),
    ...(packages.length > 0 && { localPackages: localPackagesStep({ directory, architecture, packages }) }),
    aptFiles: choosingFiles(tree.apt.buildFiles),
    aptOptions: choosingOptions(values.aptOptions),
    ...(values.apt === 'aptitude' && { leavesOutUnknown: true as const }),
    wishes: async (outputs) => ({
      install: groupWishes(tree, [...optionWishes(config), ...tree.install, ...said(tree.commands.install, outputs)]),
      live: [...tree.live, ...said(tree.commands.live, outputs)],
    }),
  };
}

/** What options ask for, and `live.list.chroot`, which `lb config` writes: both change seldom, and come first. */
const OPTIONS_SLICE = 'install';

const sliceOfList = (path: string): string => (basename(path) === 'live.list.chroot' ? OPTIONS_SLICE : basename(path));

/** A slice for each list: an edit of one redoes that, and what lies above. */
function listSlices({ install, commands }: BuildTree): string[] {
  const places = [...install.map(({ place }) => place), ...commands.install.map(({ place }) => place)];
  const names = places.map((place) => sliceOfList(place?.path ?? '')).filter((name) => name !== OPTIONS_SLICE);
  return [...new Set(names)].toSorted();
}

function groupWishes(tree: BuildTree, wishes: readonly Wish[]): Wishes['install'] {
  const sliceOf = ({ place }: Wish): string => (place === undefined ? OPTIONS_SLICE : sliceOfList(place.path));
  return [OPTIONS_SLICE, ...listSlices(tree)].map((name) => ({
    name,
    wishes: wishes.filter((wish) => sliceOf(wish) === name),
  }));
}

function supply({ downloader }: PackagesRequest, options: ResolveOptions): Supply {
  const resolve = resolveStep(options);
  return { resolve, download: downloadStep(resolve, downloader) };
}

function supplyBase(
  { downloader }: PackagesRequest,
  { firmware: _, ...options }: ResolveOptions,
  commands: readonly string[],
): Supply {
  const install = [{ name: OPTIONS_SLICE, wishes: listToolsFor(commands).map((spec) => ({ spec })) }];
  const resolve = resolveStep({
    ...options,
    name: 'resolve:base',
    recommends: false,
    onlyWishes: true,
    wishes: async () => ({ install, live: [] }),
  });
  return { resolve, download: downloadStep(resolve, downloader, 'download:base') };
}

function archiveDirectories(uris: readonly string[]): string[] {
  const paths = uris.filter((uri) => uri.startsWith('file:')).map((uri) => fileURLToPath(uri).replace(/(.)\/+$/, '$1'));
  return [...new Set(paths)];
}

function networkOf({ config, tree, index, proxy }: PackagesRequest, { localPackages }: ResolveOptions): HookNetwork {
  return {
    index,
    sourcesList: sourcesListText(config.values, 'Chroot'),
    aptFiles: tree.apt.buildFiles,
    directories: archiveDirectories([
      mirrorOf(config.values, 'Chroot'),
      ...tree.apt.further.archives.map(({ uri }) => uri),
    ]),
    proxy,
    ...(localPackages && { localPackages }),
  };
}

/** The packages that options ask for: kernels (`--linux-packages` x `--linux-flavours`), archive keyrings, and for CIFS. */
function optionWishes({ values }: LiveConfig): Wish[] {
  const { linuxPackages, linuxFlavours, keyringPackages } = values;
  const stubs = linuxPackages.filter((name) => name !== 'none');
  const kernels = stubs.flatMap((stub) => linuxFlavours.map((flavour) => `${stub}-${flavour}`));
  // live-boot mounts CIFS with mount.cifs; for NFS it has a program of its own.
  const cifs = mountsCifs({ values }) ? ['cifs-utils'] : [];
  // live-build installs aptitude before it lets it install the rest.
  const aptitude = values.apt === 'aptitude' ? ['aptitude'] : [];
  return [...aptitude, ...keyringPackages, ...kernels, ...cifs, ...initramfsPackages(values)].map((spec) => ({ spec }));
}

/** Programs that the initramfs is made with. */
function initramfsPackages({ dmVerity, initramfs, initramfsCompression }: LiveValues): string[] {
  // The library that mounts dm-verity devices, and udev's rules, without which it waits for ever.
  const verity = dmVerity && initramfs === 'live-boot' ? ['cryptsetup-bin', 'dmsetup'] : [];
  const compressors = { gzip: [], bzip2: ['bzip2'], lzma: ['xz-utils'] };
  return [...verity, ...compressors[initramfsCompression]];
}

export function mountsCifs({ values }: { readonly values: LiveValues }): boolean {
  return values.binaryImages.includes('netboot') && values.netRootFilesystem === 'cifs';
}
