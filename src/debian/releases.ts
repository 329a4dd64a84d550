import { readFile } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';
import type { BlobRef, Store } from '../store/types.ts';
import { checksValidUntil } from './aptConf.ts';
import { aptListFileName, suitePath } from './aptNames.ts';
import type { Downloader } from './http.ts';
import { redact } from './httpErrors.ts';
import { getInRelease } from './inRelease.ts';
import type { Keyring } from './keys.ts';
import { isNotFound } from './listed.ts';
import { parseRelease, type Release, requireFresh } from './release.ts';
import { readSignedText, type Signer, verifyDetached, verifyInRelease } from './signature.ts';
import { describeUnlisted } from './unlisted.ts';

/** One line of sources.list. */
export interface Source {
  /** The archive's address: `http:`, `https:` or `file:`. */
  readonly uri: string;
  readonly suite: string;
  /** Empty for a flat archive, whose suite ends with a slash. */
  readonly components: readonly string[];
  readonly architectures: readonly string[];
  /** The keys that may sign this source; default: `keys` of the options. */
  readonly keys?: Keyring;
  /** The user takes it as it is (`trusted=yes`): no signature is asked for, nor even a Release file. */
  readonly isTrusted?: boolean;
  /** What it lacks of `architectures` is left out, as apt does; otherwise an error. */
  readonly mayLackArchitectures?: boolean;
  /** Default: that of the options. */
  readonly checkValidUntil?: boolean;
}

export interface IndexOptions {
  readonly downloader: Downloader;
  readonly store: Store;
  readonly signal?: AbortSignal | undefined;
}

export interface ReleaseOptions extends IndexOptions {
  readonly keys: Keyring;
  /** Default: see `checksValidUntil`. */
  readonly checkValidUntil?: boolean;
  readonly now?: Date;
}

/** A source whose Release file bears a good signature, or needs none. */
export interface VerifiedRelease {
  readonly source: Source;
  readonly release: Release;
  /** Empty for a trusted source. */
  readonly signers: readonly Signer[];
  /** The InRelease or Release file as it came. */
  readonly inRelease: BlobRef;
  /** Its name below /var/lib/apt/lists. */
  readonly listName: string;
  /** Release.gpg, where the signature is a file of its own. */
  readonly signature?: BlobRef;
}

/**
 * Gets InRelease of every source, or Release with Release.gpg, in their order, and checks signature and age. Sources
 * that share a file ask for it once. Throws the downloader's errors, SIGNATURE_INVALID and RELEASE_FORMAT.
 */
export async function fetchReleases(
  sources: readonly Source[],
  options: ReleaseOptions,
): Promise<readonly VerifiedRelease[]> {
  const isChecked = options.checkValidUntil ?? (await checksValidUntil());
  const files = new Map<string, Promise<Found>>();
  const pending = sources.map(async (source): Promise<VerifiedRelease> => {
    const path = suitePath(source.suite);
    const directory = [source.uri.replace(/\/+$/, ''), path].filter(Boolean).join('/');
    const found = files.get(directory) ?? find(directory, source, options);
    files.set(directory, found);
    const { name, blob, text, signature, signatureBlob } = await found.catch((error) =>
      absentOrThrow(error, source, options),
    );
    const where = { url: redact(`${directory}/${name}`), ...(options.now && { now: options.now }) };
    const signed = await verify({ name, text, signature }, source, { ...where, keys: source.keys ?? options.keys });
    const release = parseRelease(signed.text, where.url);
    if (source.checkValidUntil ?? isChecked) requireFresh(release, where);
    const listName = aptListFileName(source.uri, [path, name].filter(Boolean).join('/'));
    const detached = signatureBlob && { signature: signatureBlob };
    return { source, release, signers: signed.signers, inRelease: blob, listName, ...detached };
  });
  return Promise.all(pending);
}

interface Found {
  readonly name: 'InRelease' | 'Release';
  readonly text: string;
  readonly blob: BlobRef;
  /** Of Release.gpg; undefined where there is none. */
  readonly signature?: Uint8Array | undefined;
  readonly signatureBlob?: BlobRef | undefined;
}

async function find(directory: string, source: Source, options: IndexOptions): Promise<Found> {
  try {
    return { name: 'InRelease', ...(await getInRelease(`${directory}/InRelease`, source, options)) };
  } catch (error) {
    const plain = await orNotFound(getInRelease(`${directory}/Release`, source, options));
    if (!isNotFound(error) || plain === undefined) throw error;
    const signature = await orNotFound(getInRelease(`${directory}/Release.gpg`, source, options));
    const bytes = signature && (await readFile(await options.store.blobPath(signature.blob)));
    return { name: 'Release', ...plain, signature: bytes, signatureBlob: signature?.blob };
  }
}

/** A trusted archive may have nothing but its lists of packages. */
async function absentOrThrow(error: unknown, source: Source, options: IndexOptions): Promise<Found> {
  if (!source.isTrusted || !isNotFound(error)) throw error;
  const text = await describeUnlisted(source, options);
  if (text === undefined) throw error;
  return { name: 'Release', text, blob: await options.store.putBytes(text) };
}

async function verify(
  { name, text, signature }: Pick<Found, 'name' | 'text' | 'signature'>,
  source: Source,
  { keys, ...where }: { readonly url: string; readonly now?: Date; readonly keys: Keyring },
): Promise<{ readonly text: string; readonly signers: readonly Signer[] }> {
  if (source.isTrusted)
    return { text: name === 'InRelease' ? await readSignedText(text, where.url) : text, signers: [] };
  if (name === 'InRelease') return verifyInRelease(text, keys, where);
  if (signature !== undefined) return { text, signers: await verifyDetached({ text, signature }, keys, where) };
  throw new LivewrightError('SIGNATURE_INVALID', {
    message: `${where.url} is not signed: there is neither an InRelease nor a Release.gpg beside it.`,
    hint: 'If you trust this archive without a signature, say so in its source: deb [trusted=yes] ...',
    data: { url: where.url },
  });
}

async function orNotFound<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
