import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { mediumUuid } from '../media/diskInfo.ts';
import { layerPaths } from '../rootfs/layer.ts';
import type { TreeRef } from '../store/types.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds, toLog } from './workshop.ts';

export interface SwapFileOptions {
  readonly base: ChrootBase;
  /** In the root, with or without a slash at its start. */
  readonly path: string;
  readonly sizeMib: number;
  readonly below: readonly Step<TreeRef>[];
}

/** Makes a swap file in the root; whoever wants it used says so in /etc/fstab, as with live-build. */
export function swapFileStep({ base, path, sizeMib, below }: SwapFileOptions): Step<TreeRef> {
  return defineStep({
    name: 'swap-file',
    title: 'swap file',
    version: 1,
    needs: [...chrootNeeds(base), ...below],
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      path,
      sizeMib,
    }),
    run: (inputs, context) =>
      changeRoot({ ...inputs, context }, async (layer) => {
        const lower = await layerPaths(context.store, inputs.below);
        const work = join(context.scratch, 'layer', 'work');
        const uuid = mediumUuid(`swap ${path} ${sizeMib}`, inputs.settings.epochSeconds);
        await layer.sandbox.runTool({
          argv: ['sh', '-ec', script, 'swap', join('/target', path), String(sizeMib), uuid],
          overlays: [{ lower, upper: layer.upper, work, target: '/target' }],
          ...toLog(context),
        });
      }),
  });
}

/** swapon(8) refuses files with holes, so the zeros are written: what the image is made with may find them all the same. */
const script = `
mkdir -p "$(dirname "$1")"
rm -f "$1"
( umask 077; dd if=/dev/zero of="$1" bs=1048576 count="$2" status=none )
mkswap --uuid "$3" "$1"
`;
