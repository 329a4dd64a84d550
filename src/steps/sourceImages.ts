import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { writeChecksums } from '../media/checksums.ts';
import { listContents } from '../media/mediumFiles.ts';
import type { ChecksumName, MediumSettings } from '../media/settings.ts';
import { packTar, type TarCompression } from '../media/tar.ts';
import { runTool } from '../media/tools.ts';
import { plainIsoArgv } from '../media/xorriso.ts';
import { entriesBelow } from '../rootfs/manifest.ts';
import { writeMerged } from '../rootfs/merge.ts';
import { sealLayer } from '../rootfs/seal.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { type LaidOutMedium, mediaTools } from './medium.ts';
import { modifiedTimestamps } from './sealMedium.ts';
import type { EpochSource } from './workshop.ts';

/** The two halves of `source/`, each with checksums and a list of its own. */
export const sourceHalves = ['debian', 'live'] as const;
export type SourceHalf = (typeof sourceHalves)[number];

export type SourceMedium = {
  readonly directory: TreeRef;
  readonly contents: Readonly<Record<SourceHalf, BlobRef>>;
  /** `source.modified_timestamps`. */
  readonly timestamps: BlobRef;
};

export interface SealSourceOptions {
  readonly epoch: EpochSource;
  readonly tree: Step<LaidOutMedium>;
  /** What source hooks wrote, in their order. */
  readonly hooks: readonly Step<TreeRef>[];
  readonly checksums: readonly ChecksumName[];
}

/** Finishes `source/`: what hooks changed, checksums, lists. */
export function sealSourceStep({ epoch, tree, hooks, checksums }: SealSourceOptions): Step<SourceMedium> {
  return defineStep({
    name: 'source-medium',
    title: 'checksums of source packages',
    version: 1,
    needs: [...epoch.needs, tree, ...hooks],
    inputs: (resultOf) => ({
      epochSeconds: epoch.secondsOf(resultOf),
      trees: [resultOf(tree).directory, ...hooks.map((hook) => resultOf(hook))],
      checksums,
    }),
    run: async ({ epochSeconds, trees, checksums: algorithms }, { store, scratch }) => {
      const directory = join(scratch, 'source');
      await mkdir(directory);
      const sums = await writeMerged(store, trees, directory);
      const contents: Partial<Record<SourceHalf, BlobRef>> = {};
      for (const half of sourceHalves) {
        const place = join(directory, half);
        const knownSha256 = new Map([...sums].map(([path, sum]) => [relative(half, path), sum]));
        const written = await writeChecksums({ directory: place, algorithms, knownSha256 });
        for (const path of written) sums.delete(join(half, path));
        contents[half] = await store.putBytes(await listContents(place));
      }
      const manifest = await sealLayer({ directory, epochSeconds, knownSha256: sums });
      return {
        directory: await store.putTree(directory, manifest),
        contents: contents as Record<SourceHalf, BlobRef>,
        timestamps: await store.putBytes(modifiedTimestamps(entriesBelow(manifest, ''), epochSeconds, 'source')),
      };
    },
  });
}

export interface SourceImageOptions {
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly medium: Step<SourceMedium>;
}

/** `NAME-source.debian.tar`, `NAME-source.live.tar`. */
export function sourceTarStep(
  half: SourceHalf,
  { tools, epoch, medium, compression }: SourceImageOptions & { readonly compression: TarCompression },
): Step<BlobRef> {
  return defineStep({
    name: `image:source-tar:${half}`,
    title: `archive of source/${half}`,
    kind: 'source-tar',
    version: 1,
    needs: [tools, ...epoch.needs, medium],
    inputs: (resultOf) => ({
      ...{ tools: resultOf(tools), epochSeconds: epoch.secondsOf(resultOf), half, compression },
      directory: resultOf(medium).directory,
    }),
    run: async (inputs, context) => {
      const out = join(context.scratch, 'out');
      await mkdir(out);
      const directory = join(await context.store.treePath(inputs.directory), half);
      const archive = { directory, output: join(out, 'archive'), top: `source/${half}` };
      const { epochSeconds } = inputs;
      await packTar(await mediaTools(inputs, context), { ...archive, compression: inputs.compression, epochSeconds });
      return context.store.putFile(archive.output);
    },
  });
}

/** `NAME-source.iso`. */
export function sourceIsoStep({
  tools,
  epoch,
  medium,
  settings,
}: SourceImageOptions & { readonly settings: MediumSettings }): Step<BlobRef> {
  const { isoVolume, isoApplication, isoPublisher, isoPreparer, livewrightVersion } = settings;
  return defineStep({
    name: 'image:source-iso',
    title: 'ISO image of the sources',
    version: 1,
    needs: [tools, ...epoch.needs, medium],
    inputs: (resultOf) => ({
      ...{ tools: resultOf(tools), epochSeconds: epoch.secondsOf(resultOf), directory: resultOf(medium).directory },
      names: { isoVolume, isoApplication, isoPublisher, isoPreparer, livewrightVersion },
    }),
    run: async (inputs, context) => {
      const out = join(context.scratch, 'out');
      await mkdir(out);
      const { epochSeconds } = inputs;
      const [directory, output] = [await context.store.treePath(inputs.directory), join(out, 'image')];
      const argv = plainIsoArgv({ settings, directory, output, epochSeconds });
      await runTool(await mediaTools(inputs, context), { argv, read: [directory], write: [out], epochSeconds });
      return context.store.putFile(output);
    },
  });
}
