import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { layerPaths } from '../rootfs/layer.ts';
import type { TreeRef } from '../store/types.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds, toLog } from './workshop.ts';

export interface IncludesOptions {
  readonly base: ChrootBase;
  /** As the user knows it: `includes.chroot`. */
  readonly name: string;
  readonly directory: string;
  /** Digest of everything in `directory`. */
  readonly digest: () => Promise<string>;
  readonly below: readonly Step<TreeRef>[];
}

/**
 * Copies an includes directory onto the root with rsync as live-build does: links kept, links to directories followed,
 * everything owned by root, modes of what exists kept, times not carried over.
 */
export function includesStep({ base, name, directory, digest, below }: IncludesOptions): Step<TreeRef> {
  return defineStep({
    name: `includes:${name}`,
    title: `files of ${name}`,
    kind: 'includes',
    version: 2,
    needs: [...chrootNeeds(base), ...below],
    inputs: async (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      files: await digest(),
    }),
    run: (inputs, context) =>
      changeRoot({ ...inputs, context }, async (layer) => {
        const lower = await layerPaths(context.store, inputs.below);
        const work = join(context.scratch, 'layer', 'work');
        await layer.sandbox.runTool({
          // rsync passes by a file whose time and size are those of the target; times are not part of the key.
          argv: ['rsync', '-Klrv', '--ignore-times', '--chown=0:0', '/in/', '/target/'],
          overlays: [{ lower, upper: layer.upper, work, target: '/target' }],
          binds: [{ source: directory, target: '/in' }],
          ...toLog(context),
        });
        if ((await digest()) !== inputs.files) throw changedMeanwhile(directory);
      }),
  });
}

function changedMeanwhile(directory: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: 'The files changed while they were being copied.',
    hint: 'Run the build again; nothing of this copy is kept.',
    place: { path: directory },
  });
}
