import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';
import type { ActionRecord, BlobRef, Digest, Store } from '../store/types.ts';
import type { Downloader, Validators } from './http.ts';
import { redact } from './httpErrors.ts';

export interface InReleaseFile {
  readonly text: string;
  readonly blob: BlobRef;
}

interface Options {
  readonly downloader: Downloader;
  readonly store: Store;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks for an InRelease, Release or Release.gpg file; one that has not changed since the last time comes from the store. What the mirror said
 * about it (ETag, Last-Modified) is kept there as an action of its own. Nothing is verified here.
 */
export async function getInRelease(url: string, source: { suite: string }, options: Options): Promise<InReleaseFile> {
  const key = createHash('sha256').update(`livewright in-release ${url}`).digest('hex') as Digest;
  const known = readRecord(await options.store.getAction(key));
  const startedAt = performance.now();
  const { signal } = options;
  const fetched = await askFor(url, source.suite, () =>
    options.downloader.conditionalGet(url, known?.validators ?? {}, { signal }),
  );
  if (fetched === undefined && known !== undefined) {
    return { text: await readFile(await options.store.blobPath(known.blob), 'utf8'), blob: known.blob };
  }
  if (fetched === undefined) throw new Error(`${redact(url)}: "not modified", but nothing was asked`);
  const blob = await options.store.putBytes(fetched.bytes);
  await options.store.putAction({
    key,
    step: 'in-release',
    result: { blob, validators: { ...fetched.validators } },
    durationMs: Math.round(performance.now() - startedAt),
  });
  return { text: fetched.bytes.toString('utf8'), blob };
}

interface Known {
  readonly blob: BlobRef;
  readonly validators: Validators;
}

/** Records are our own, so the shape is only checked as far as an older version may have written another one. */
function readRecord(record: ActionRecord | undefined): Known | undefined {
  const result = record?.result as Partial<Known> | undefined;
  if (result?.blob === undefined || result.validators === undefined) return undefined;
  // Without either the mirror could not tell whether the file changed.
  const { etag, lastModified } = result.validators;
  return etag === undefined && lastModified === undefined ? undefined : (result as Known);
}

async function askFor<T>(url: string, suite: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof LivewrightError) || error.code !== 'MIRROR_NOT_FOUND') throw error;
    throw new LivewrightError('MIRROR_NOT_FOUND', {
      message: `The suite "${suite}" is not on this mirror: ${redact(url)} does not exist.`,
      hint: 'Check the name of the suite (--distribution) and the address of the mirror.',
      data: { url: redact(url), suite },
      cause: error,
    });
  }
}
