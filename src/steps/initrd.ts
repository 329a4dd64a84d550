import { defineStep, type Step } from '../engine/step.ts';
import { type Layer, listInLayers, readLayers } from '../rootfs/find.ts';
import type { TreeRef } from '../store/types.ts';
import { layersWitness } from './sight.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface InitrdOptions {
  readonly base: ChrootBase;
  readonly below: readonly Step<TreeRef>[];
  /** Kernel modules that it must have besides those that initramfs-tools finds; those a kernel lacks are left out. */
  readonly modules?: readonly string[];
}

/** One of the lists that mkinitramfs reads; it is gone when the initramfs is made. */
const modulesList = '/usr/share/initramfs-tools/modules.d/livewright';

/** Makes the initramfs of every installed kernel, once, after all hooks. */
export function initrdStep({ base, below, modules = [] }: InitrdOptions): Step<TreeRef> {
  return defineStep({
    name: 'initrd',
    title: 'initramfs',
    version: 1,
    needs: [...chrootNeeds(base), ...below],
    witness: layersWitness,
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      ...(modules.length > 0 && { modules }),
    }),
    run: async (inputs, context) => {
      const versions = await kernelVersions(await readLayers(context.store, inputs.below));
      const lent = modules.length > 0 ? { [modulesList]: { content: `${modules.join('\n')}\n` } } : {};
      const watch = { also: ['/boot'], onOneProcessor: true };
      return changeRoot({ ...inputs, context, lent, watch }, async (layer) => {
        for (const [index, version] of versions.entries()) {
          context.progress(index, versions.length, 'files', version);
          // Thousands of processes, each of which would load the tables of another locale.
          await layer.runInRoot({ argv: ['update-initramfs', '-c', '-k', version], env: { LC_ALL: 'C' } });
        }
        // Left by linux-update-symlinks; an image has no older kernel to fall back to.
        await layer.runInRoot({ argv: ['rm', '-f', '/vmlinuz.old', '/initrd.img.old'] });
      });
    },
  });
}

/** Versions of the kernels in /boot, in the order of their names. */
export async function kernelVersions(layers: readonly Layer[]): Promise<string[]> {
  const names = await listInLayers(layers, 'boot');
  return names.filter((name) => /^vmlinu[xz]-/.test(name)).map((name) => name.replace(/^vmlinu[xz]-/, ''));
}
