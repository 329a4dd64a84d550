import type { Downloader } from '../debian/http.ts';
import { fetchPackages, findListed } from '../debian/indices.ts';
import type { Keyring } from '../debian/keys.ts';
import { fetchReleases, type Source, type VerifiedRelease } from '../debian/releases.ts';
import { defineStep, type Step } from '../engine/step.ts';
import type { IndexResult, RemoteFile } from './indexResult.ts';

export interface IndexOptions {
  /** `index` for the image's archives, `tools-index` for those of the tools. */
  readonly name: string;
  readonly title: string;
  /** At least one; the first dates the image. */
  readonly sources: readonly Source[];
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
}

/**
 * The state of the archives: asked for in every build, since only the mirror knows whether it changed. What did not
 * change comes from the store, and a state with the same content makes nothing run.
 */
export function indexStep({ name, title, sources, downloader, keys }: IndexOptions): Step<IndexResult> {
  return defineStep({
    name,
    title,
    kind: 'index',
    version: 1,
    needs: [],
    cache: 'never',
    inputs: () =>
      sources.map(({ uri, suite, components, architectures }) => ({ uri, suite, components, architectures })),
    run: async (_inputs, { store, signal, progress }) => {
      const releases = await fetchReleases(sources, { downloader, store, signal, keys: await keys() });
      const indexed = await Promise.all(
        releases.map(async (verified) => {
          const onProgress = (done: number, total: number, item: string) => progress(done, total, 'bytes', item);
          const files = await fetchPackages(verified, { downloader, store, signal, onProgress });
          return {
            uri: verified.source.uri,
            suite: verified.source.suite,
            inRelease: verified.inRelease,
            listName: verified.listName,
            components: files.map(({ component, architecture, blob, listName }) => ({
              name: component,
              architecture,
              packages: blob,
              listName,
            })),
          };
        }),
      );
      const [main] = releases;
      if (main === undefined) throw new Error('an index needs at least one source');
      const dateSeconds = Math.floor(main.release.date.getTime() / 1000);
      return { sources: indexed, contents: contentsOf(main), dateSeconds };
    },
  });
}

/** Debian splits them: files of packages for all architectures are in a list of their own. */
function contentsOf(verified: VerifiedRelease): RemoteFile[] {
  const { components, architectures } = verified.source;
  const paths = components.flatMap((component) =>
    [...architectures, 'all'].map((architecture) => `${component}/Contents-${architecture}.gz`),
  );
  return paths.flatMap((path) => {
    const found = findListed(verified, path);
    return found === undefined ? [] : [{ url: found.url, sha256: found.sha256, sizeBytes: found.sizeBytes }];
  });
}
