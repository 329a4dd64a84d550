import { type FetchDebsOptions, fetchDebs, type LockedPackage } from '../debian/debs.ts';
import type { StepContext } from '../engine/step.ts';
import type { BlobRef } from '../store/types.ts';

type Parts = Pick<StepContext, 'parts'>;

export interface OwnDebsOptions extends Pick<FetchDebsOptions, 'downloader' | 'onProgress'> {
  readonly context: Pick<StepContext, 'store' | 'signal'> & Parts;
}

/** Brings packages into the store that the step's result does not refer to: see `ownDebs`. */
export async function fetchOwnDebs(
  packages: readonly LockedPackage[],
  { context, ...options }: OwnDebsOptions,
): Promise<readonly BlobRef[]> {
  const { store, signal } = context;
  const debs = await fetchDebs(packages, { ...options, store, signal });
  await ownDebs(context, debs);
  return debs;
}

/**
 * Notes that packages in the store belong to the step, whose result is what was made of them: a purge then gives them back
 * with the result, unless another directory's builds have them too.
 */
export async function ownDebs({ parts }: Parts, debs: readonly BlobRef[]): Promise<void> {
  await parts<BlobRef, BlobRef>({
    kind: 'deb',
    version: 1,
    inputs: debs,
    make: async (missing, keep) => {
      for (const deb of missing) await keep(deb, deb);
    },
  });
}
