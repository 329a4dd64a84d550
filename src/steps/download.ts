import { fetchDebs } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import { defineStep, type Step } from '../engine/step.ts';
import type { BlobRef, Digest } from '../store/types.ts';
import type { Lock } from './lock.ts';

/** Brings every package of the lock into the store, several at once, each checked by size and SHA-256. */
export function downloadStep(
  resolve: Step<Lock>,
  downloader: Downloader,
  name = 'download',
): Step<{ readonly packages: readonly BlobRef[] }> {
  return defineStep({
    name,
    kind: 'download',
    title: 'download',
    version: 1,
    needs: [resolve],
    inputs: (resultOf) =>
      resultOf(resolve)
        .slices.flatMap((slice) => slice.packages)
        .map(({ automatic: _, ...locked }) => locked),
    run: async (packages, { store, signal, progress }) => ({
      packages: await fetchDebs(
        packages.map((item) => ({ ...item, sha256: item.sha256 as Digest })),
        { store, downloader, signal, onProgress: (done, total, item) => progress(done, total, 'bytes', item) },
      ),
    }),
  });
}
