import { defineStep, type Step } from '../engine/step.ts';
import { installedPackages, packagesText } from '../rootfs/dpkgStatus.ts';
import { findInLayers, type Layer, readInLayers, readLayers } from '../rootfs/find.ts';
import type { Bind } from '../sandbox/types.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { openSandbox } from './workshop.ts';

/** The side files of an image that tell what its root has. */
export type Listings = {
  /** `chroot.files` and `live-image-ARCH.files`: `ls -lR` of the root. */
  readonly files: BlobRef;
  /** `chroot.packages.install`: after the first pass of packages. */
  readonly packagesInstall: BlobRef;
  /** `chroot.packages.live`: of the finished root. */
  readonly packagesLive: BlobRef;
};

export interface ListingsOptions {
  readonly tools: Step<TreeRef>;
  /** All layers of the root. */
  readonly layers: readonly Step<TreeRef>[];
  /** The layers up to the first pass of packages. */
  readonly installLayers: readonly Step<TreeRef>[];
}

export function listingsStep({ tools, layers, installLayers }: ListingsOptions): Step<Listings> {
  return defineStep({
    name: 'listings',
    title: 'lists of files and packages',
    version: 1,
    needs: [tools, ...layers],
    inputs: (resultOf) => ({
      tools: resultOf(tools),
      layers: layers.map((layer) => resultOf(layer)),
      installLayers: installLayers.length,
    }),
    run: async (inputs, { store, signal }) => {
      const all = await readLayers(store, inputs.layers);
      const sandbox = await openSandbox(store, inputs.tools);
      const { stdout } = await sandbox.runTool({
        argv: ['ls', '-lR', '--time-style=long-iso'],
        cwd: '/target',
        overlays: [{ lower: all.map(({ path }) => path), target: '/target' }],
        binds: await namesOfTarget(all),
        env: { LC_ALL: 'C', TZ: 'UTC' },
        signal,
      });
      const packagesOf = async (stack: readonly Layer[]) =>
        packagesText(installedPackages((await readInLayers(stack, 'var/lib/dpkg/status')) ?? ''));
      return {
        // The totals count blocks of the file system that happens to hold the store.
        files: await store.putBytes(`${stdout.replaceAll(/^total \d+$/gm, 'total 0')}\n`),
        packagesInstall: await store.putBytes(await packagesOf(all.slice(0, inputs.installLayers))),
        packagesLive: await store.putBytes(await packagesOf(all)),
      };
    },
  });
}

/** Owners are to be shown by the target's names, not by those of the tools. */
async function namesOfTarget(layers: readonly Layer[]): Promise<Bind[]> {
  const binds = ['etc/passwd', 'etc/group'].map(async (path) => {
    const source = await findInLayers(layers, path);
    return source === undefined ? [] : [{ source, target: `/${path}` }];
  });
  return (await Promise.all(binds)).flat();
}
