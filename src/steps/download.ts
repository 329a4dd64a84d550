import { join } from 'node:path';
import type { Downloader } from '../debian/http.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import type { BlobRef, Digest } from '../store/types.ts';
import type { Lock, LockedPackage } from './lock.ts';

/** Brings every package of the lock into the store, several at once, each checked by size and SHA-256. */
export function downloadStep(resolve: Step<Lock>, downloader: Downloader): Step<{ readonly packages: BlobRef[] }> {
  return defineStep({
    name: 'download',
    title: 'download',
    version: 1,
    needs: [resolve],
    inputs: (resultOf) =>
      resultOf(resolve)
        .slices.flatMap((slice) => slice.packages)
        .map(({ name, url, sha256, sizeBytes }) => ({ name, url, sha256, sizeBytes })),
    run: async (packages, context) => ({ packages: await downloadAll(packages, downloader, context) }),
  });
}

type Wanted = Pick<LockedPackage, 'name' | 'url' | 'sha256' | 'sizeBytes'>;

async function downloadAll(packages: readonly Wanted[], downloader: Downloader, context: StepContext) {
  const { store, scratch, signal } = context;
  const refOf = (item: Wanted): BlobRef => ({ blob: item.sha256 as Digest, sizeBytes: item.sizeBytes });
  const present = await Promise.all(packages.map((item) => store.hasBlob(refOf(item))));
  const missing = packages.filter((_, index) => !present[index]);
  const totalBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const doneBytes = new Map<Wanted, number>();
  const report = (item: Wanted, bytes: number): void => {
    doneBytes.set(item, bytes);
    const sum = [...doneBytes.values()].reduce((total, value) => total + value, 0);
    context.progress(sum, totalBytes, 'bytes', item.name);
  };
  await Promise.all(
    missing.map(async (item, index) => {
      const path = join(scratch, String(index));
      await downloader.fetchToFile(item.url, path, {
        expectedSha256: item.sha256,
        expectedSizeBytes: item.sizeBytes,
        signal,
        onProgress: (bytes) => report(item, bytes),
      });
      await store.putFile(path);
    }),
  );
  context.log(`${missing.length} packages downloaded, ${packages.length - missing.length} present`);
  return packages.map(refOf);
}
