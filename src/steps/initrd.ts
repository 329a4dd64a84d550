import { defineStep, type Step } from '../engine/step.ts';
import { findInLayers, type Layer, listInLayers, readLayers } from '../rootfs/find.ts';
import type { TreeRef } from '../store/types.ts';
import { type InitrdWishes, lendWishes, makerArgv } from './initrdWishes.ts';
import { layersWitness } from './sight.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds } from './workshop.ts';

export interface InitrdOptions {
  readonly base: ChrootBase;
  readonly below: readonly Step<TreeRef>[];
  readonly wishes?: InitrdWishes;
}

/** Makes the initramfs of every installed kernel, once, after all hooks. */
export function initrdStep({ base, below, wishes = {} }: InitrdOptions): Step<TreeRef> {
  return defineStep({
    name: 'initrd',
    title: 'initramfs',
    version: 4,
    needs: [...chrootNeeds(base), ...below],
    witness: layersWitness,
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      below: below.map((step) => resultOf(step)),
      ...(Object.keys(wishes).length > 0 && { wishes, lent: lendWishes(wishes) }),
    }),
    run: async (inputs, context) => {
      const stack = await readLayers(context.store, inputs.below);
      const versions = await versionsToMake(stack);
      const { lent = {} } = inputs;
      const watch = { also: ['/boot', `/${MADE_ALREADY}`], onOneProcessor: true };
      return changeRoot({ ...inputs, context, lent, watch }, async (layer) => {
        for (const [index, version] of versions.entries()) {
          context.progress(index, versions.length, 'files', version);
          // Thousands of processes, each of which would load the tables of another locale.
          await layer.runInRoot({ argv: makerArgv(version, wishes), env: { LC_ALL: 'C' } });
        }
        await layer.runInRoot({ argv: ['sh', '-ec', linkScript] });
        // Left by linux-update-symlinks; an image has no older kernel to fall back to.
        await layer.runInRoot({ argv: ['rm', '-f', '/vmlinuz.old', '/initrd.img.old', `/${MADE_ALREADY}`] });
      });
    },
  });
}

/** Where the kernel's package has made `/vmlinuz`, it makes `/initrd.img` too, had there been one by then. */
const linkScript = `
[ -L /vmlinuz ] || exit 0
version=$(readlink /vmlinuz); version=\${version#*vmlinuz-}
[ ! -e "/boot/initrd.img-$version" ] || ln -sf "boot/initrd.img-$version" /initrd.img
`;

/** A hook that makes the initramfs by itself leaves this file (live-build's chroot_hacks). */
const MADE_ALREADY = 'initrd.img_has_already_been_regenerated';

/** Of the kernels in /boot, those whose initramfs is still to be made. */
export async function versionsToMake(stack: readonly Layer[]): Promise<string[]> {
  const versions = await kernelVersions(stack);
  if ((await findInLayers(stack, MADE_ALREADY)) === undefined) return versions;
  const made = versions.map((version) => findInLayers(stack, `boot/initrd.img-${version}`));
  const found = await Promise.all(made);
  return versions.filter((_, index) => found[index] === undefined);
}

/** Versions of the kernels in /boot, in the order of their names. */
export async function kernelVersions(layers: readonly Layer[]): Promise<string[]> {
  const names = await listInLayers(layers, 'boot');
  return names.filter((name) => /^vmlinu[xz]-/.test(name)).map((name) => name.replace(/^vmlinu[xz]-/, ''));
}
