import type { Downloader } from '../debian/http.ts';
import { fetchPackages } from '../debian/indices.ts';
import type { Keyring } from '../debian/keys.ts';
import { findListed, type ListedFile } from '../debian/listed.ts';
import { fetchReleases, type Source, type VerifiedRelease } from '../debian/releases.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { anyKey, type Trust } from './archiveTrust.ts';
import { atPlace, type FurtherArchives, fetchFurther, packageTrust, treeTrust } from './furtherArchives.ts';
import type { IndexedSource, IndexResult, RemoteTranslation } from './indexResult.ts';

export interface IndexOptions {
  /** `index` for the image's archives, `tools-index` for those of the tools. */
  readonly name: string;
  readonly title: string;
  /** The first dates the image. */
  readonly sources: readonly Source[];
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
  /** What the user has besides. */
  readonly further?: FurtherArchives | undefined;
}

/**
 * The state of the archives: asked for in every build, since only the mirror knows whether it changed. What did not
 * change comes from the store, and a state with the same content makes nothing run.
 */
export function indexStep({ name, title, sources, downloader, keys, further }: IndexOptions): Step<IndexResult> {
  return defineStep({
    name,
    title,
    kind: 'index',
    version: 2,
    needs: [],
    cache: 'never',
    inputs: () =>
      [...sources, ...(further?.archives ?? [])].map(({ uri, suite, components, architectures }) => {
        return { uri, suite, components, architectures };
      }),
    run: async (_inputs, context) => {
      const reach = { downloader, context };
      const trust: Trust = further
        ? await treeTrust(await keys(), further, context)
        : { archive: await keys(), files: [] };
      const { store, signal } = context;
      const releases = await fetchReleases(sources, { downloader, store, signal, keys: await anyKey(trust) });
      const indexed = await Promise.all(releases.map((verified) => indexOf(verified, reach)));
      const main = indexed.map(({ source }) => source);
      const [first] = releases;
      const more = further ? await indexFurther(further, { trust, main }, reach) : [];
      const all = [...indexed, ...more];
      const dateSeconds = first === undefined ? 0 : Math.floor(first.release.date.getTime() / 1000);
      return {
        sources: all.map(({ source }) => source),
        contents: first === undefined ? [] : contentsOf(first),
        components: first === undefined ? [] : componentsOf(first),
        translations: all.flatMap(({ translations }) => translations),
        dateSeconds,
      };
    },
  });
}

interface Reach {
  readonly downloader: Downloader;
  readonly context: StepContext;
}

async function indexFurther(
  further: FurtherArchives,
  { trust, main }: { readonly trust: Trust; readonly main: readonly IndexedSource[] },
  reach: Reach,
): Promise<Indexed[]> {
  if (further.archives.length === 0) return [];
  const known = await packageTrust(trust, { names: further.keyringPackages, main }, reach);
  const indexed = further.archives.map(async (archive): Promise<Indexed[]> => {
    const { context } = reach;
    try {
      const found = await indexOf(await fetchFurther(archive, known, reach), reach);
      const { source } = found;
      if (source.components.length > 0) return [found];
      context.note(`The archive ${source.uri} (${archive.place.path}) has nothing for this architecture.`);
    } catch (error) {
      if (!further.mayBeAway || !isUnreachable(error)) throw atPlace(error, archive.place);
      context.note(`The archive ${archive.uri} (${archive.place.path}) does not answer; the image has no list of it.`);
    }
    return [];
  });
  return (await Promise.all(indexed)).flat();
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof LivewrightError && error.code === 'MIRROR_UNREACHABLE';

interface Indexed {
  readonly source: IndexedSource;
  readonly translations: readonly RemoteTranslation[];
}

async function indexOf(verified: VerifiedRelease, { downloader, context }: Reach): Promise<Indexed> {
  const { store, signal } = context;
  const onProgress = (done: number, total: number, item: string) => context.progress(done, total, 'bytes', item);
  const files = await fetchPackages(verified, { downloader, store, signal, onProgress });
  const source = {
    uri: verified.source.uri,
    suite: verified.source.suite,
    inRelease: verified.inRelease,
    listName: verified.listName,
    ...(verified.signature && { signature: verified.signature }),
    components: files.map(({ component, architecture, blob, listName }) => ({
      name: component,
      architecture,
      packages: blob,
      listName,
    })),
  };
  return { source, translations: translationsOf(verified) };
}

function translationsOf(verified: VerifiedRelease): RemoteTranslation[] {
  const { uri, suite, components } = verified.source;
  return components.flatMap((component): RemoteTranslation[] => {
    const path = `${component}/i18n/Translation-en`;
    for (const compression of ['xz', 'gz'] as const) {
      const found = findListed(verified, `${path}.${compression}`);
      if (found === undefined) continue;
      return [{ ...found, uri, suite, path, compression }];
    }
    return [];
  });
}

/** Debian splits them: files of packages for all architectures are in a list of their own. */
function contentsOf(verified: VerifiedRelease): ListedFile[] {
  const { components, architectures } = verified.source;
  const paths = components.flatMap((component) =>
    [...architectures, 'all'].map((architecture) => `${component}/Contents-${architecture}.gz`),
  );
  return paths.map((path) => findListed(verified, path)).filter((found) => found !== undefined);
}

function componentsOf(verified: VerifiedRelease): (ListedFile & { readonly area: string })[] {
  const { components, architectures } = verified.source;
  return components.flatMap((area) => {
    const found = findListed(verified, `${area}/dep11/Components-${architectures[0]}.yml.gz`);
    return found === undefined ? [] : [{ ...found, area }];
  });
}
