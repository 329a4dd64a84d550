import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import type { Step } from '../engine/step.ts';
import { hasImplantedSum } from '../media/iso.ts';
import { mediumPlaces } from '../media/places.ts';
import { rootPlace } from '../media/rootTree.ts';
import { liveDirectory, type MediumSettings } from '../media/settings.ts';
import { type BinaryHookOptions, binaryHookStep } from '../steps/binaryHook.ts';
import type { BinaryHookSource, Part } from '../steps/binaryHookWorld.ts';
import { imageStep } from '../steps/image.ts';
import type { Listings } from '../steps/listings.ts';
import { type LaidOutMedium, layOutStep, type MediumOptions } from '../steps/medium.ts';
import { onieStep } from '../steps/onie.ts';
import type { RootTreeSource } from '../steps/rootfsTree.ts';
import { type MediumResult, mediumStep } from '../steps/sealMedium.ts';
import type { EmulatorStep } from '../steps/workshop.ts';
import { zsyncStep } from '../steps/zsync.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { filesBeside } from './filesBeside.ts';
import { imageSettings, mediumSettings } from './mediumSettings.ts';
import { imageFileName, isPacked, stem } from './outputs.ts';
import type { PlannedStarter } from './starters.ts';
import type { BuildTree } from './tree.ts';

export interface PlanMediumOptions extends Omit<MediumOptions, 'settings' | 'starters'> {
  readonly starters: readonly PlannedStarter[];
  readonly tree: BuildTree;
  readonly values: LiveValues;
  readonly version: string;
  readonly listings: Step<Listings>;
  readonly hookTools: Step<TreeRef>;
  readonly emulator?: EmulatorStep;
  readonly config: BinaryHookSource['config'];
  readonly proxy: BinaryHookSource['proxy'];
}

/** A medium and the file that is made of it, if one is. */
export interface PlannedMedium {
  readonly type: ImageType;
  readonly medium: Step<MediumResult>;
  /** Absent where the medium stays a directory (`--net-tarball false`). */
  readonly image?: Step<BlobRef>;
  /** With `--zsync`, of ISO images. */
  readonly zsync?: Step<BlobRef>;
  /** With `--onie`, of ISO images. */
  readonly onie?: Step<BlobRef>;
  /** Its binary hooks, by the names of their steps, for `lb shell`. */
  readonly hooks: ReadonlyMap<string, BinaryHookOptions>;
}

/** The steps of one type of image: the medium's files, its hooks one after the other, its end, the file. */
export function planMedium(type: ImageType, options: PlanMediumOptions): PlannedMedium {
  const { tools, epoch, rootfs, values, hookTools } = options;
  const settings = mediumSettings(values, type, options.version);
  const starters = options.starters.filter(({ isOn }) => isOn(type)).map(({ step }) => step);
  const layOut = layOutStep({ ...options, settings, starters });
  const { hooks, steps } = planHooks(settings, layOut, options);
  const medium = mediumStep({ epoch, rootfs, layOut, hooks: steps, settings });
  if (!isPacked(values, type)) return { type, medium, hooks };
  const root = rootSource(settings, options);
  const imageTools = hasImplantedSum(settings) || root ? hookTools : tools;
  const image = imageStep({
    ...(root && { root }),
    tools: imageTools,
    epoch,
    rootfs,
    medium,
    settings,
    image: imageSettings(values, type),
  });
  const isIso = type === 'iso' || type === 'iso-hybrid';
  const forZsync = { imageType: type, imageName: imageFileName(values, type), compression: values.compression };
  const zsync = values.zsync && isIso && zsyncStep({ tools: hookTools, epoch, image, ...forZsync });
  const onie =
    values.onie &&
    isIso &&
    onieStep({ tools, epoch, medium, image, imageType: type, ...onieSettings(settings, values) });
  return { type, medium, image, hooks, ...(zsync && { zsync }), ...(onie && { onie }) };
}

/** Of a system that lies on the medium file by file. Only one that is the disk itself can swap to a file of it. */
function rootSource(settings: MediumSettings, { layers, tree, values }: PlanMediumOptions): RootTreeSource | undefined {
  const place = rootPlace(settings);
  if (place === undefined) return undefined;
  const { swapFilePath: path, swapFileSize: sizeMib } = values;
  return { layers, excludes: tree.excludes, solid: place === '' && path !== '' ? [{ path, sizeMib }] : [] };
}

/** The kernel of the first flavour, by its name without version. */
function onieSettings(settings: MediumSettings, { onieKernelCmdline: kernelParameters }: LiveValues) {
  const number = settings.flavours.length > 1 ? '1' : '';
  const directory = liveDirectory(settings);
  return {
    kernel: { linux: `${directory}/vmlinuz${number}`, initrd: `${directory}/initrd${number}.img` },
    kernelParameters: kernelParameters.trim(),
  };
}

function planHooks(settings: MediumSettings, layOut: Step<LaidOutMedium>, options: PlanMediumOptions) {
  const { tree, epoch, layers, config, proxy, values, hookTools, emulator } = options;
  const { imageType } = settings;
  const steps: Step<TreeRef>[] = [];
  const hooks = new Map<string, BinaryHookOptions>();
  for (const { name, path } of tree.binaryHooks) {
    const hook: BinaryHookOptions = {
      ...{
        tools: hookTools,
        emulator,
        epoch,
        layOut,
        layers,
        before: [...steps],
        imageType,
        name,
        path,
        config,
        proxy,
      },
      ...{ parts: partsOf(settings), listings: options.listings, stem: stem(values) },
      environment: { ...exportedVariables(values, imageType), ...tree.binaryEnvironment },
      beside: () => filesBeside(tree.directory, path, values.imageName),
    };
    const step = binaryHookStep(hook);
    steps.push(step);
    hooks.set(step.name, hook);
  }
  return { hooks, steps };
}

/** live-build fills tftpboot/ after its binary hooks ran; here it is there already. */
function partsOf(settings: MediumSettings): Part[] {
  const { root, boot } = mediumPlaces('', settings);
  const binary = { name: 'binary', path: root };
  return root === boot ? [binary] : [binary, { name: boot, path: boot }];
}

/** live-build(7) 20250505: what its scripts export; all else is in the option files, ../config/common and so on. */
export function exportedVariables(values: LiveValues, imageType: ImageType): Record<string, string> {
  return {
    LB_ARCHITECTURE: values.architecture,
    LB_ARCHITECTURES: values.architecture,
    LB_IMAGE_NAME: values.imageName,
    LB_IMAGE_TYPE: imageType,
    LIVE_IMAGE_NAME: values.imageName,
    LIVE_IMAGE_TYPE: imageType,
    LB_CONFIGURATION_VERSION: values.configurationVersion,
    LIVE_CONFIGURATION_VERSION: values.configurationVersion,
    LB_ARCHIVE_AREAS: values.archiveAreas.join(' '),
    LB_PARENT_ARCHIVE_AREAS: values.parentArchiveAreas.join(' '),
    CONFIG_VALIDATED: 'true',
  };
}
