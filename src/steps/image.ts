import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { buildImage, type ImageSettings } from '../media/image.ts';
import type { MediumSettings } from '../media/settings.ts';
import { intactTree } from '../rootfs/linked.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { mediaTools } from './medium.ts';
import { openRootTree, type RootTreeSource, rootInputs } from './rootfsTree.ts';
import type { MediumResult } from './sealMedium.ts';
import type { EpochSource } from './workshop.ts';

export interface ImageOptions {
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly rootfs: Step<BlobRef>;
  readonly medium: Step<MediumResult>;
  readonly settings: MediumSettings;
  /** The system's layers and excludes, where it lies on the medium file by file. */
  readonly root?: RootTreeSource;
  /** What concerns the file alone and not what is in it. */
  readonly image: ImageSettings;
}

/** Makes one file of a medium: an ISO image, a disk image or an archive. */
export function imageStep({ tools, epoch, rootfs, medium, settings, image, root }: ImageOptions): Step<BlobRef> {
  return defineStep({
    name: `image:${settings.imageType}`,
    title: `${settings.imageType} image`,
    kind: 'image',
    version: 1,
    needs: [tools, ...epoch.needs, rootfs, medium, ...(root?.layers ?? [])],
    inputs: async (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      directory: resultOf(medium).directory,
      identity: resultOf(rootfs).blob,
      settings: settings as MediumSettings & Record<string, never>,
      image: image as ImageSettings & Record<string, never>,
      ...(root && { root: await rootInputs(root, resultOf) }),
    }),
    run: async (inputs, context) => {
      const { directory, identity, epochSeconds } = inputs;
      const [out, scratch] = [join(context.scratch, 'out'), join(context.scratch, 'work')];
      for (const path of [out, scratch]) await mkdir(path);
      const output = join(out, 'image');
      await buildImage(await mediaTools(inputs, context), {
        ...{ output, scratch, settings, image, identity, epochSeconds },
        directory: await intactTree(context.store, directory),
        ...(inputs.root && { root: await openRootTree(context.store, inputs.root, settings) }),
        onProgress: (done, total, unit) => context.progress(done, total, unit),
      });
      return context.store.putFile(output);
    },
  });
}
