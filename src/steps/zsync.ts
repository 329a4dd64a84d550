import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { compressCommand, type TarCompression } from '../media/tar.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { type EpochSource, openSandbox, toLog } from './workshop.ts';

export interface ZsyncOptions {
  /** The tools tree `hooks`, which has zsyncmake. */
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly image: Step<BlobRef>;
  readonly imageType: string;
  /** The image's name, which is also the URL, relative to that of the control file. */
  readonly imageName: string;
  readonly compression: TarCompression;
}

/** The control file with which zsync fetches only those blocks of the image that changed; 2048 bytes, as live-build. */
export function zsyncStep({ tools, epoch, image, imageType, imageName, compression }: ZsyncOptions): Step<BlobRef> {
  return defineStep({
    name: `zsync:${imageType}`,
    title: `zsync file of the ${imageType} image`,
    kind: 'zsync',
    version: 1,
    needs: [tools, ...epoch.needs, image],
    inputs: (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      image: resultOf(image),
      imageName,
      compression,
    }),
    run: async (inputs, context) => {
      const sandbox = await openSandbox(context.store, inputs.tools);
      const out = join(context.scratch, 'out');
      await mkdir(out);
      const source = `/in/${imageName}`;
      const binds = [
        { source: await context.store.blobPath(inputs.image), target: source },
        { source: out, target: '/out', writable: true },
      ];
      const make = ['zsyncmake', '-C', '-b', '2048', '-u', imageName, '-f', imageName, '-o', '/out/image', source];
      await sandbox.runTool({ argv: make, binds, ...toLog(context) });
      const path = join(out, 'image');
      await writeFile(path, withTime(await readFile(path), inputs.epochSeconds));
      const { argv, extension } = compressCommand(compression);
      if (argv.length > 0) await sandbox.runTool({ argv: [...argv, '/out/image'], binds, ...toLog(context) });
      return context.store.putFile(`${path}${extension}`);
    },
  });
}

/** The file in the store has no time that means anything, so the header's `MTime:` becomes the epoch. */
export function withTime(file: Buffer, epochSeconds: number): Buffer {
  const end = file.indexOf('\n\n');
  const head = file.subarray(0, end).toString('latin1');
  const time = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  return Buffer.concat([Buffer.from(head.replace(/^MTime: .*$/m, `MTime: ${time}`), 'latin1'), file.subarray(end)]);
}
