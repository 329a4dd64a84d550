import type { Downloader } from '../debian/http.ts';
import { fetchSources } from '../debian/indices.ts';
import type { Keyring } from '../debian/keys.ts';
import { fetchReleases, type Source } from '../debian/releases.ts';
import { defineStep, type Step } from '../engine/step.ts';
import type { BlobRef } from '../store/types.ts';
import { anyKey, type Trust } from './archiveTrust.ts';
import { type FurtherArchives, treeTrust } from './furtherArchives.ts';

/** What archives have of source packages. */
export type SourceIndex = {
  readonly lists: readonly { readonly uri: string; readonly sources: BlobRef }[];
};

export interface SourceIndexOptions {
  /** The image's archives. */
  readonly sources: readonly Source[];
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
  /** Whose keys count too. */
  readonly further: FurtherArchives;
}

/** The lists of source packages (`--source`), checked as those of packages are; asked for in every build. */
export function sourceIndexStep({ sources, downloader, keys, further }: SourceIndexOptions): Step<SourceIndex> {
  return defineStep({
    name: 'source-index',
    title: 'index of source packages',
    version: 1,
    needs: [],
    cache: 'never',
    inputs: () => sources.map(({ uri, suite, components }) => ({ uri, suite, components })),
    run: async (_inputs, context) => {
      const { store, signal } = context;
      const trust: Trust = await treeTrust(await keys(), further, context);
      const releases = await fetchReleases(sources, { downloader, store, signal, keys: await anyKey(trust) });
      const found = releases.map(async (verified) => {
        const lists = await fetchSources(verified, { downloader, store, signal });
        return lists.map((list) => ({ uri: verified.source.uri, sources: list }));
      });
      return { lists: (await Promise.all(found)).flat() };
    },
  });
}
