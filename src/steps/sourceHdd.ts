import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { mediumUuid } from '../media/diskInfo.ts';
import { buildHdd } from '../media/hdd/hdd.ts';
import type { HddFileSystem } from '../media/hdd/types.ts';
import type { ImageSettings } from '../media/image.ts';
import type { BlobRef } from '../store/types.ts';
import { mediaTools } from './medium.ts';
import type { SourceImageOptions } from './sourceImages.ts';

export interface SourceHddOptions extends SourceImageOptions {
  readonly disk: NonNullable<ImageSettings['disk']>;
  readonly filesystem: HddFileSystem;
}

/** `NAME-source.img`: a disk with the sources on its one partition, from which nothing starts. */
export function sourceHddStep({ tools, epoch, medium, disk, filesystem }: SourceHddOptions): Step<BlobRef> {
  return defineStep({
    name: 'image:source-hdd',
    title: 'disk image of the sources',
    version: 1,
    needs: [tools, ...epoch.needs, medium],
    inputs: (resultOf) => ({
      ...{ tools: resultOf(tools), epochSeconds: epoch.secondsOf(resultOf), directory: resultOf(medium).directory },
      ...{ disk: { ...disk }, filesystem },
    }),
    run: async (inputs, context) => {
      const { epochSeconds } = inputs;
      const [out, scratch] = [join(context.scratch, 'out'), join(context.scratch, 'work')];
      for (const path of [out, scratch]) await mkdir(path);
      const output = join(out, 'image');
      await buildHdd(await mediaTools(inputs, context), {
        ...{ output, scratch, epochSeconds, directory: await context.store.treePath(inputs.directory) },
        settings: { ...disk, sizeMib: disk.sizeMib ?? undefined, filesystem, biosLoader: 'none', efiLoader: 'none' },
        uuid: mediumUuid(inputs.directory.tree, epochSeconds),
        onProgress: (done, total) => context.progress(done, total, 'bytes'),
      });
      return context.store.putFile(output);
    },
  });
}
