import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { place } from '../rootfs/place.ts';
import type { Digest, TreeRef } from '../store/types.ts';
import type { Compression } from './compression.ts';
import type { Lock } from './lock.ts';
import {
  type MissingObjects,
  type SquashedObject,
  type SquashSettings,
  squashAll,
  squashSettings,
} from './squasher.ts';

export interface ObjectsOptions {
  readonly tools: Step<TreeRef>;
  readonly resolve: Step<Lock>;
  readonly download: Step;
  readonly compression: Compression;
}

/** A package, as far as its files are concerned. */
type PackageFile = { readonly sha256: string; readonly sizeBytes: number };

type PackageInputs = SquashSettings & { readonly package: PackageFile };

/**
 * Compresses the files of each package of the lock, each package once and for all: the system image is linked of these.
 * Needs no layer, so it runs beside dpkg.
 */
export function objectsStep({
  tools,
  resolve,
  download,
  compression,
}: ObjectsOptions): Step<readonly SquashedObject[]> {
  return defineStep({
    name: 'objects',
    title: 'compressed packages',
    version: 1,
    needs: [tools, resolve, download],
    inputs: (resultOf) => ({
      tools: resultOf(tools),
      compression,
      packages: resultOf(resolve)
        .slices.flatMap(({ packages }) => packages)
        .map(({ name, sha256, sizeBytes }) => ({ name, sha256, sizeBytes })),
    }),
    run: async (inputs, context) => {
      const settings = await squashSettings(context.store, inputs.tools, inputs.compression);
      const names = new Map(inputs.packages.map(({ sha256, name }) => [sha256, name]));
      return context.parts<PackageInputs, SquashedObject>({
        kind: 'package-object',
        version: 2,
        inputs: inputs.packages.map(({ sha256, sizeBytes }) => ({ ...settings, package: { sha256, sizeBytes } })),
        make: (missing, keep) => squashPackages({ ...inputs, missing, keep, names, context }),
      });
    },
  });
}

interface MissingPackages extends MissingObjects<PackageInputs> {
  /** Names of packages by their SHA-256. */
  readonly names: ReadonlyMap<string, string>;
}

async function squashPackages({ missing, names, keep, ...squashing }: MissingPackages): Promise<void> {
  const { store, scratch } = squashing.context;
  const archives = join(scratch, 'archives');
  await mkdir(archives);
  const orders = missing.map(({ package: { sha256, sizeBytes } }, index) => {
    return { name: String(index), title: names.get(sha256) ?? '', weight: sizeBytes };
  });
  for (const [index, { package: item }] of missing.entries()) {
    const source = await store.blobPath({ blob: item.sha256 as Digest, sizeBytes: item.sizeBytes });
    await place(source, join(archives, String(index)));
  }
  await squashAll({
    ...squashing,
    orders,
    gather: 'dpkg-deb --extract "/archives/$name" "/pieces/$name"',
    binds: [{ source: archives, target: '/archives' }],
    keep: ({ name }, object) => keep(missing[Number(name)]!, object),
  });
}
