import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockPackage } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import { indexPackages } from '../debian/packages.ts';
import { fetchReleases, type Source, type VerifiedRelease } from '../debian/releases.ts';
import type { StepContext } from '../engine/step.ts';
import { LivewrightError, type Place } from '../errors.ts';
import { type KeyFile, keysFor, keysOfPackage, type Trust } from './archiveTrust.ts';
import type { IndexedSource } from './indexResult.ts';
import { fetchOwnDebs } from './ownDebs.ts';

/** An archive besides the distribution's own. */
export interface FurtherArchive extends Omit<Source, 'keys'> {
  /** Paths of keyrings in the system, fingerprints or a key; empty: any key that apt trusts. */
  readonly signedBy: readonly string[];
  readonly place: Required<Place>;
}

/** Archives of the user's, and where their keys come from. */
export interface FurtherArchives {
  readonly archives: readonly FurtherArchive[];
  /** Keys of the tree. */
  readonly keyFiles: () => Promise<readonly KeyFile[]>;
  /** Binary packages of the tree that bring keys: absolute path, and what the user calls it. */
  readonly keyringDebs: readonly { readonly path: string; readonly origin: string }[];
  /** Packages of the main archives that bring keys (`--keyring-packages`). */
  readonly keyringPackages: readonly string[];
  /** The build goes on without an archive that does not answer: the finished system may reach it. */
  readonly mayBeAway?: true;
}

export interface Reach {
  readonly downloader: Downloader;
  readonly context: StepContext;
}

/** What is known before any archive was asked. */
export async function treeTrust(archive: Keyring, further: FurtherArchives, context: StepContext): Promise<Trust> {
  const files = [...(await further.keyFiles())];
  for (const [number, { path, origin }] of further.keyringDebs.entries()) {
    files.push(...(await keysOfPackage(path, await scratchFor(context, { origin, name: `deb${number}` }))));
  }
  return { archive, files };
}

async function scratchFor({ scratch, signal }: StepContext, { origin, name }: { origin: string; name: string }) {
  const directory = join(scratch, name);
  await mkdir(directory);
  return { scratch: directory, origin, signal };
}

/** The same with the keys of keyring packages, which only an archive that is trusted already can give. */
export async function packageTrust(
  trust: Trust,
  { names, main }: { readonly names: readonly string[]; readonly main: readonly IndexedSource[] },
  { downloader, context }: Reach,
): Promise<Trust> {
  if (names.length === 0) return trust;
  const { store } = context;
  const texts = main.flatMap(({ uri, components }) =>
    components.map(async ({ packages, listName }) => {
      return { uri, path: listName, text: await readFile(await store.blobPath(packages)) };
    }),
  );
  const index = indexPackages(await Promise.all(texts));
  // One that does not exist is refused as a wish, where its line or option is known.
  const found = names.flatMap((name) => index.candidate(name) ?? []);
  const debs = await fetchOwnDebs(found.map(lockPackage), { context, downloader });
  const files: KeyFile[] = [];
  for (const [number, deb] of debs.entries()) {
    const origin = found[number]?.name ?? '';
    files.push(
      ...(await keysOfPackage(await store.blobPath(deb), await scratchFor(context, { origin, name: origin }))),
    );
  }
  return { ...trust, files: [...trust.files, ...files] };
}

/** Its signed index, checked with its own keys. */
export async function fetchFurther(
  { signedBy, place, ...source }: FurtherArchive,
  trust: Trust,
  { downloader, context }: Reach,
): Promise<VerifiedRelease> {
  const keys = await keysFor(signedBy, trust, place);
  const { store, signal } = context;
  const [release] = await fetchReleases([{ ...source, keys }], { downloader, store, signal, keys });
  if (release === undefined) throw new Error('one source was asked for');
  return release;
}

/** The same failure, with the line that asks for the archive. */
export function atPlace(error: unknown, place: Place): unknown {
  if (!(error instanceof LivewrightError) || error.place !== undefined) return error;
  const { code, message, hint, data } = error;
  return new LivewrightError(code, { message, place, data, cause: error, ...hintFor(code, hint) });
}

function hintFor(code: LivewrightError['code'], hint: string | undefined) {
  if (code !== 'SIGNATURE_INVALID') return hint === undefined ? {} : { hint };
  return {
    hint: 'Put the key of this archive into config/archives/NAME.key (armoured or binary), or check the one there.',
  };
}
