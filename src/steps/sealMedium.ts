import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { sealMedium } from '../media/medium.ts';
import { mediumPlaces } from '../media/places.ts';
import type { MediumSettings } from '../media/settings.ts';
import { intactTree } from '../rootfs/linked.ts';
import { entriesBelow, type ManifestEntry } from '../rootfs/manifest.ts';
import { writeMerged } from '../rootfs/merge.ts';
import { sealLayer } from '../rootfs/seal.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import type { LaidOutMedium } from './medium.ts';
import type { EpochSource } from './workshop.ts';

/** The directory that becomes the image, and the lists that lie beside it. */
export type MediumResult = LaidOutMedium & {
  /** `live-image-ARCH.contents`. */
  readonly contents: BlobRef;
  /** `binary.modified_timestamps`. */
  readonly timestamps: BlobRef;
  /** Where in the directory live-build's `binary/` and `tftpboot/` are; empty: it is itself binary/. */
  readonly binary: string;
  readonly tftpboot: string | null;
};

export interface SealStepOptions {
  readonly epoch: EpochSource;
  readonly rootfs: Step<BlobRef>;
  readonly layOut: Step<LaidOutMedium>;
  /** What binary hooks wrote, in their order. */
  readonly hooks: readonly Step<TreeRef>[];
  readonly settings: MediumSettings;
}

/** Finishes a medium: what hooks changed is merged into it, then come checksums, list of contents and dates. */
export function mediumStep({ epoch, rootfs, layOut, hooks, settings }: SealStepOptions): Step<MediumResult> {
  return defineStep({
    name: `medium:${settings.imageType}`,
    title: `${settings.imageType} medium`,
    kind: 'medium',
    version: 3,
    needs: [...epoch.needs, rootfs, layOut, ...hooks],
    inputs: (resultOf) => ({
      epochSeconds: epoch.secondsOf(resultOf),
      identity: resultOf(rootfs).blob,
      laidOut: resultOf(layOut),
      hooks: hooks.map((hook) => resultOf(hook)),
      settings: settings as MediumSettings & Record<string, never>,
    }),
    run: async ({ epochSeconds, identity, laidOut, ...inputs }, { store, scratch }) => {
      const directory = join(scratch, 'medium');
      await mkdir(directory);
      await intactTree(store, laidOut.directory);
      const sums = await writeMerged(store, [laidOut.directory, ...inputs.hooks], directory);
      const { root, boot } = mediumPlaces('', settings);
      const knownSha256 = new Map([...sums].map(([path, sum]) => [relative(root, path), sum]));
      const sealed = await sealMedium({ directory, settings, identity, epochSeconds, knownSha256 });
      for (const path of sealed.written) sums.delete(path);
      const manifest = await sealLayer({ directory, epochSeconds, knownSha256: sums });
      return {
        ...laidOut,
        directory: await store.putTree(directory, manifest),
        contents: await store.putBytes(sealed.contents),
        timestamps: await store.putBytes(modifiedTimestamps(entriesBelow(manifest, root), epochSeconds)),
        binary: root,
        tftpboot: boot === root ? null : boot,
      };
    },
  });
}

/** Type and path of all that has the time of the build: later times were set to it. */
export function modifiedTimestamps(entries: readonly ManifestEntry[], epochSeconds: number, top = 'binary'): string {
  const clamped = entries.filter(({ mtimeSeconds }) => mtimeSeconds === epochSeconds);
  return clamped.map(({ type, path }) => `${type} ${join(top, path)}\n`).join('');
}
