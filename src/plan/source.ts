import { join } from 'node:path';
import { digestTree } from '../config/digestTree.ts';
import type { LiveValues } from '../config/options.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import type { Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { diskInfo } from '../media/diskInfo.ts';
import { type BinaryHookOptions, binaryHookStep } from '../steps/binaryHook.ts';
import type { IndexResult } from '../steps/indexResult.ts';
import type { Listings } from '../steps/listings.ts';
import type { UserDirectory } from '../steps/medium.ts';
import { sourceHddStep } from '../steps/sourceHdd.ts';
import {
  type SourceMedium,
  sealSourceStep,
  sourceHalves,
  sourceIsoStep,
  sourceTarStep,
} from '../steps/sourceImages.ts';
import { sourceIndexStep } from '../steps/sourceIndex.ts';
import { sourceLockStep } from '../steps/sourceLock.ts';
import { sourceTreeStep } from '../steps/sourceTree.ts';
import type { EpochSource } from '../steps/workshop.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { filesBeside } from './filesBeside.ts';
import { imageSettings, mediumSettings } from './mediumSettings.ts';
import { sourceFileNames, stem } from './outputs.ts';
import { exportedVariables } from './planMedium.ts';
import { indexSources } from './sources.ts';
import type { BuildTree } from './tree.ts';

export interface SourceRequest {
  readonly values: LiveValues;
  readonly tree: BuildTree;
  readonly tools: Step<TreeRef>;
  readonly hookTools: Step<TreeRef>;
  readonly index: Step<IndexResult>;
  readonly epoch: EpochSource;
  readonly layers: readonly Step<TreeRef>[];
  readonly listings: Step<Listings>;
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
  readonly config: UserDirectory;
  readonly proxy: Readonly<Record<string, string>>;
  readonly version: string;
}

/** The source packages of an image, and the files made of them (`--source`). */
export interface PlannedSource {
  readonly medium: Step<SourceMedium>;
  /** By the names that they have in the build directory. */
  readonly images: Readonly<Record<string, Step<BlobRef>>>;
}

export function planSource(request: SourceRequest): PlannedSource | undefined {
  const { values, tree, epoch, layers, index, listings, downloader, keys, config } = request;
  if (!values.source) return undefined;
  const settings = mediumSettings(values, values.binaryImages[0] ?? 'iso-hybrid', request.version);
  if (values.sourceImages.includes('netboot')) throw noNetboot();
  const [bootstrap] = layers;
  if (bootstrap === undefined) throw new Error('a root has a base system');
  const sources = indexSources(values, 'Chroot');
  const further = { ...tree.apt.further, archives: [] };
  const sourceIndex = sourceIndexStep({ sources, downloader, keys, further });
  const lock = sourceLockStep({ index, sourceIndex, layers, also: makersOf(values) });
  const isMedium = values.sourceImages.some((type) => type === 'iso' || type === 'hdd');
  const files = sourceTreeStep({
    ...{ epoch, lock, listings, downloader, includes: tree.includesSource },
    diskInfo: isMedium ? infoOf(settings) : undefined,
    bootstrap,
    parts: { config, auto: directoryOf(join(tree.directory, 'auto')) },
  });
  const hooks = planHooks(request, files);
  const medium = sealSourceStep({ epoch, tree: files, hooks, checksums: settings.checksums });
  return { medium, images: planImages(request, medium, settings) };
}

type Settings = ReturnType<typeof mediumSettings>;

const infoOf = (settings: Settings) => (epochSeconds: number, versionId: string) =>
  diskInfo({ ...settings, versionId }, epochSeconds).replace(' Binary ', ' Source ');

function planImages(request: SourceRequest, medium: Step<SourceMedium>, settings: Settings) {
  const { values, tools, epoch } = request;
  const names = sourceFileNames(values);
  const made = { tools, epoch, medium };
  const steps: Record<string, Step<BlobRef>> = {};
  for (const type of new Set(values.sourceImages)) {
    if (type === 'iso') steps[names.iso] = sourceIsoStep({ ...made, settings });
    if (type === 'hdd') steps[names.hdd] = sourceHddStep({ ...made, ...hddSettings(values) });
    if (type !== 'tar') continue;
    const { compression } = values;
    for (const half of sourceHalves) steps[names[half]] = sourceTarStep(half, { ...made, compression });
  }
  return steps;
}

function hddSettings(values: LiveValues) {
  const { disk } = imageSettings(values, 'hdd');
  if (disk === undefined) throw new Error('a disk image has settings');
  return { disk: { ...disk, sizeMib: null }, filesystem: values.binaryFilesystem };
}

function planHooks(request: SourceRequest, files: BinaryHookOptions['layOut']): Step<TreeRef>[] {
  const { tree, epoch, layers, listings, values, hookTools: tools, config, proxy } = request;
  const steps: Step<TreeRef>[] = [];
  for (const { name, path } of tree.sourceHooks) {
    const around = { tools, epoch, layOut: files, layers, before: [...steps], listings, stem: stem(values) };
    const environment = {
      ...exportedVariables(values, values.binaryImages[0] ?? 'iso-hybrid'),
      ...tree.binaryEnvironment,
    };
    const hook = { ...around, imageType: 'source', name, path, config, proxy, environment };
    const beside = () => filesBeside(tree.directory, path, values.imageName);
    steps.push(binaryHookStep({ ...hook, parts: [{ name: 'source', path: '' }], beside }));
  }
  return steps;
}

/** Packages whose programs or files make the image, by live-build's names. */
function makersOf(values: LiveValues): string[] {
  const { bootloaderBios, bootloaderEfi, binaryImages, chrootFilesystem, binaryFilesystem, memtest } = values;
  const isPc = values.architecture === 'amd64' || values.architecture === 'i386';
  return [
    ...[bootloaderBios, bootloaderEfi].filter((name) => name !== ''),
    'live-build',
    ...(binaryImages.some((type) => type.startsWith('iso')) ? ['xorriso'] : []),
    ...(binaryImages.includes('hdd') ? ['parted'] : []),
    ...(chrootFilesystem === 'squashfs' ? ['squashfs-tools'] : []),
    ...(binaryFilesystem.startsWith('fat') ? ['dosfstools'] : []),
    ...(isPc ? ['mtools', ...(memtest === 'none' ? [] : [memtest])] : []),
  ];
}

function directoryOf(path: string): UserDirectory {
  return { path, digest: async () => (await digestTree(path)).digest };
}

function noNetboot(): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: 'A source image for network boots is not made: it would hold nothing that starts.',
    hint: 'Set --source-images to tar, iso or hdd, or to several of them.',
  });
}
