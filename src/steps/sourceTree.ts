import { cp, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Downloader } from '../debian/http.ts';
import type { SourcePackage } from '../debian/sources.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { copyIncludes } from '../media/copyIncludes.ts';
import { readLayers } from '../rootfs/find.ts';
import { place } from '../rootfs/place.ts';
import { sealLayer } from '../rootfs/seal.ts';
import type { TreeRef } from '../store/types.ts';
import type { Listings } from './listings.ts';
import type { LaidOutMedium, UserDirectory } from './medium.ts';
import { fetchOwnDebs } from './ownDebs.ts';
import { sourceDirectory } from './poolPlaces.ts';
import { releaseNumber } from './rootFacts.ts';
import type { SourceLock } from './sourceLock.ts';
import type { EpochSource } from './workshop.ts';

export interface SourceTreeOptions {
  readonly epoch: EpochSource;
  readonly lock: Step<SourceLock>;
  readonly listings: Step<Listings>;
  readonly downloader: Downloader;
  /** `.disk/info`, for images that are media. */
  readonly diskInfo: ((epochSeconds: number, versionId: string) => string) | undefined;
  /** The base system, which knows the number of its release. */
  readonly bootstrap: Step<TreeRef>;
  /** The build directory's `config/` and `auto/`. */
  readonly parts: Readonly<Record<'config' | 'auto', UserDirectory>>;
  /** The user's `config/includes.source`. */
  readonly includes: UserDirectory | undefined;
}

/** `source/`: the source packages of the image, and the configuration it was made from. */
export function sourceTreeStep(options: SourceTreeOptions): Step<LaidOutMedium> {
  const { epoch, lock, listings, bootstrap, downloader, parts, includes } = options;
  return defineStep({
    name: 'source',
    title: 'source packages and configuration',
    version: 1,
    needs: [...epoch.needs, lock, listings, bootstrap],
    inputs: async (resultOf) => ({
      epochSeconds: epoch.secondsOf(resultOf),
      lock: resultOf(lock),
      packages: resultOf(listings).packagesLive,
      // What it says but for the number of the release, which follows from the base system.
      diskInfo: options.diskInfo?.(epoch.secondsOf(resultOf), '') ?? null,
      bootstrap: resultOf(bootstrap),
      config: await parts.config.digest(),
      auto: await orIfAbsent(parts.auto.digest(), null),
      includes: (await includes?.digest()) ?? null,
    }),
    run: async (inputs, context) => {
      const { epochSeconds } = inputs;
      const directory = join(context.scratch, 'source');
      await mkdir(directory);
      const missing = await placeSources(inputs.lock, directory, { context, downloader, epochSeconds });
      if (missing.length > 0) await writeFile(join(directory, 'missing-source.txt'), missingText(missing));
      for (const [name, { path }] of Object.entries(parts)) {
        await orIfAbsent(
          cp(path, join(directory, 'live', name), { recursive: true, verbatimSymlinks: true }),
          undefined,
        );
      }
      await writeFile(join(directory, 'live/README.txt'), readme);
      if (inputs.diskInfo !== null) {
        await mkdir(join(directory, '.disk'));
        const versionId = await releaseNumber(await readLayers(context.store, [inputs.bootstrap]));
        await writeFile(join(directory, '.disk/info'), options.diskInfo?.(epochSeconds, versionId) ?? '');
      }
      if (includes) await copyIncludes(includes.path, directory);
      const tree = await context.store.putTree(directory, await sealLayer({ directory, epochSeconds }));
      return { directory: tree, packages: inputs.packages, secureBoot: false };
    },
  });
}

interface Placing {
  readonly context: StepContext;
  readonly downloader: Downloader;
  readonly epochSeconds: number;
}

/** `debian/LETTER/SOURCE/FILE`. Gives what could not be had: what the archive lists and its mirror does not carry, too. */
async function placeSources(lock: SourceLock, directory: string, placing: Placing): Promise<string[]> {
  const missing: string[] = [...lock.missing];
  await mkdir(join(directory, 'debian'));
  for (const [number, source] of lock.packages.entries()) {
    placing.context.progress(number, lock.packages.length, 'packages', source.name);
    try {
      await placeSource(source, join(directory, 'debian', sourceDirectory(source.name)), placing);
    } catch (error) {
      if (!(error instanceof LivewrightError) || error.code !== 'MIRROR_NOT_FOUND') throw error;
      missing.push(`${source.name} ${source.version} (source)`);
    }
  }
  if (missing.length > 0) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    placing.context.note(`No archive has the sources of ${missing[0]}${more}; missing-source.txt lists them.`);
  }
  return missing.toSorted();
}

async function placeSource({ name, version, files }: SourcePackage, directory: string, placing: Placing) {
  const { context, downloader, epochSeconds } = placing;
  const { store } = context;
  const wanted = files.map((file) => ({ ...file, name, version, architecture: 'source' }));
  const blobs = await fetchOwnDebs(wanted, { context, downloader });
  for (const [number, blob] of blobs.entries()) {
    const path = join(directory, files[number]?.name ?? '');
    await place(await store.blobPath(blob), path);
    await utimes(path, epochSeconds, epochSeconds);
  }
}

const missingText = (missing: readonly string[]): string =>
  `Packages of the live system whose source packages are not here, since no archive has them in that version:\n\n${missing.join('\n')}\n`;

const readme =
  'config/ and auto/ are the configuration that the live system was built from, which the sources beside them belong to.\n';
