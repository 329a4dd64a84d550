import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import type { Step } from '../engine/step.ts';
import { mediumPlaces } from '../media/places.ts';
import type { MediumSettings } from '../media/settings.ts';
import { type BinaryHookOptions, binaryHookStep } from '../steps/binaryHook.ts';
import type { BinaryHookSource, Part } from '../steps/binaryHookWorld.ts';
import { layOutStep, type MediumOptions } from '../steps/medium.ts';
import { type MediumResult, mediumStep } from '../steps/sealMedium.ts';
import type { TreeRef } from '../store/types.ts';
import { filesBeside } from './filesBeside.ts';
import type { BuildTree } from './tree.ts';

export interface PlanMediumOptions extends Omit<MediumOptions, 'settings'> {
  readonly tree: BuildTree;
  readonly values: LiveValues;
  readonly hookTools: Step<TreeRef>;
  readonly config: BinaryHookSource['config'];
  readonly proxy: BinaryHookSource['proxy'];
}

/** A medium as steps: its files, the binary hooks one after the other, its end. */
export interface MediumSteps {
  readonly medium: Step<MediumResult>;
  /** By the name of its step, what a hook is made from; for `lb shell`. */
  readonly hooks: ReadonlyMap<string, BinaryHookOptions>;
}

export function planMedium(settings: MediumSettings, options: PlanMediumOptions): MediumSteps {
  const { tree, epoch, rootfs, layers, config, proxy, values, hookTools } = options;
  const { imageType } = settings;
  const layOut = layOutStep({ ...options, settings });
  const before: Step<TreeRef>[] = [];
  const hooks = new Map<string, BinaryHookOptions>();
  for (const { name, path } of tree.binaryHooks) {
    const hook: BinaryHookOptions = {
      ...{ tools: hookTools, epoch, layOut, layers, before: [...before], imageType, name, path, config, proxy },
      parts: partsOf(settings),
      environment: { ...exportedVariables(values, imageType), ...tree.binaryEnvironment },
      beside: () => filesBeside(tree.directory, path),
    };
    const step = binaryHookStep(hook);
    before.push(step);
    hooks.set(step.name, hook);
  }
  return { medium: mediumStep({ epoch, rootfs, layOut, hooks: before, settings }), hooks };
}

/** live-build fills tftpboot/ after its binary hooks ran; here it is there already. */
function partsOf(settings: MediumSettings): Part[] {
  const { root, boot } = mediumPlaces('', settings);
  const binary = { name: 'binary', path: root };
  return root === boot ? [binary] : [binary, { name: boot, path: boot }];
}

/** live-build(7) 20250505: what its scripts export; all else is in the option files, ../config/common and so on. */
function exportedVariables(values: LiveValues, imageType: ImageType): Record<string, string> {
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
