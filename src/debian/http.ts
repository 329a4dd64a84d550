import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LivewrightError, systemErrorCode } from '../errors.ts';
import type { Digest } from '../store/types.ts';
import {
  diskFull,
  hashMismatch,
  interrupted,
  isTransient,
  notFound,
  TransientFailure,
  unreachable,
} from './httpErrors.ts';
import { createLimiter } from './limit.ts';
import { createProxyChooser } from './proxy.ts';
import { type Answer, openUrl } from './transport.ts';

export interface DownloaderOptions {
  /** A proxy for everything; default: the environment's `http_proxy`, `https_proxy`, `no_proxy`. */
  readonly proxy?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Requests under way at a time; default 6. */
  readonly concurrency?: number;
  /** Further tries after a transient failure; default 3. */
  readonly retries?: number;
  /** Pause before the first further try, doubled each time; default 500. */
  readonly retryDelayMs?: number;
  /** How long a connection may stay silent; default 30 000. */
  readonly stallTimeoutMs?: number;
  readonly userAgent?: string;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface FetchToFileOptions extends FetchOptions {
  readonly expectedSha256?: string;
  readonly expectedSizeBytes?: number;
  /** Bytes of this file written so far; falls back to 0 when a try starts again. */
  readonly onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
}

/** What a server gave with a file, to ask later whether it changed. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface Fetched {
  readonly sha256: Digest;
  readonly sizeBytes: number;
}

/**
 * Fetches `http:`, `https:` and `file:` URLs, trying again after transient failures. Throws MIRROR_UNREACHABLE,
 * MIRROR_NOT_FOUND, HASH_MISMATCH, DISK_FULL or INTERRUPTED; no message shows credentials.
 */
export interface Downloader {
  /** The whole file in memory; meant for indices, refuses more than 64 MiB. */
  fetchBytes(url: string, options?: FetchOptions): Promise<Buffer>;
  /** Streams into `path` (created or overwritten), hashing on the way; removes the file again on failure. */
  fetchToFile(url: string, path: string, options?: FetchToFileOptions): Promise<Fetched>;
  /** Undefined if the file is still the one that `validators` came with. */
  conditionalGet(
    url: string,
    validators: Validators,
    options?: FetchOptions,
  ): Promise<{ readonly bytes: Buffer; readonly validators: Validators } | undefined>;
}

const MAX_MEMORY_BYTES = 64 << 20;

export function createDownloader(options: DownloaderOptions = {}): Downloader {
  const withPlace = createLimiter(options.concurrency ?? 6);
  const proxyFor = createProxyChooser(options.proxy, options.env);
  const stallTimeoutMs = options.stallTimeoutMs ?? 30_000;
  const retries = options.retries ?? 3;
  const retryDelayMs = options.retryDelayMs ?? 500;

  /** One try: opens `url`, hands the answer to `read`, and gives up when nothing moves for the stall timeout. */
  async function attempt<T>(url: string, request: Request, read: (answer: Answer, touch: () => void) => Promise<T>) {
    const stall = new AbortController();
    const timer = setTimeout(() => stall.abort(), stallTimeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, stall.signal]) : stall.signal;
    const headers = { 'user-agent': options.userAgent ?? 'livewright', ...request.headers };
    try {
      const answer = await openUrl(new URL(url), { headers, signal, proxyFor });
      try {
        checkStatus(url, answer);
        return await read(answer, () => timer.refresh());
      } finally {
        answer.body.destroy();
      }
    } catch (error) {
      if (request.signal?.aborted) throw interrupted(request.signal.reason);
      if (stall.signal.aborted) throw new TransientFailure(`nothing came for ${stallTimeoutMs / 1000} s`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tries `action` again, with growing pauses, as long as its failures are transient. */
  async function persist<T>(
    url: string,
    signal: AbortSignal | undefined,
    action: (tries: number) => Promise<T>,
  ): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await withPlace(() => action(tries));
      } catch (error) {
        // A hash that is wrong once may be a stale copy in a proxy; wrong twice it is the mirror's.
        const again = isTransient(error) || (isHashMismatch(error) && tries === 0);
        if (!again || tries >= retries) throw error instanceof LivewrightError ? error : unreachable(url, error);
        await pause(retryDelayMs * 2 ** tries, signal);
      }
    }
  }

  return {
    fetchBytes: (url, { signal } = {}) =>
      persist(url, signal, () => attempt(url, { signal }, (answer, touch) => readAll(answer, touch))),

    fetchToFile: (url, path, { signal, ...rest } = {}) =>
      persist(url, signal, (tries) =>
        attempt(url, { signal, ...(tries > 0 && { headers: { 'cache-control': 'no-cache' } }) }, (answer, touch) =>
          writeBody(answer, path, { ...rest, url, touch }),
        ),
      ),

    conditionalGet: (url, validators, { signal } = {}) =>
      persist(url, signal, () =>
        attempt(url, { signal, headers: conditionsOf(validators) }, async (answer, touch) => {
          if (answer.status === 304) return undefined;
          return { bytes: await readAll(answer, touch), validators: validatorsOf(answer) };
        }),
      ),
  };
}

interface Request {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

function checkStatus(url: string, { status }: Answer): void {
  if (status === 200 || status === 304) return;
  if (status === 404 || status === 410) throw notFound(url);
  const failure = `it answers with status ${status}`;
  throw status >= 500 || status === 408 || status === 429 ? new TransientFailure(failure) : new Error(failure);
}

function conditionsOf({ etag, lastModified }: Validators): Record<string, string> {
  return {
    // A proxy in between must ask the mirror: a stale InRelease names files that are gone.
    'cache-control': 'max-age=0',
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
}

function validatorsOf({ headers }: Answer): Validators {
  const { etag, 'last-modified': lastModified } = headers;
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

async function readAll(answer: Answer, touch: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    touch();
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_MEMORY_BYTES) throw new Error(`the file is larger than ${MAX_MEMORY_BYTES} bytes`);
  }
  requireWhole(answer, sizeBytes);
  return Buffer.concat(chunks);
}

interface WriteOptions extends Omit<FetchToFileOptions, 'signal'> {
  readonly url: string;
  readonly touch: () => void;
}

async function writeBody(answer: Answer, path: string, options: WriteOptions): Promise<Fetched> {
  const file = await open(path, 'w');
  try {
    return await copyAndHash(answer, file, options);
  } catch (error) {
    await rm(path, { force: true });
    throw systemErrorCode(error) === 'ENOSPC' ? diskFull(path, error) : error;
  } finally {
    await file.close();
  }
}

async function copyAndHash(answer: Answer, file: FileHandle, options: WriteOptions): Promise<Fetched> {
  const { expectedSha256, expectedSizeBytes, url } = options;
  const total = expectedSizeBytes ?? (Number(answer.headers['content-length']) || undefined);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  options.onProgress?.(0, total);
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    options.touch();
    hash.update(chunk);
    sizeBytes += chunk.length;
    // Not read on to the end: it might have none.
    if (expectedSizeBytes !== undefined && sizeBytes > expectedSizeBytes) break;
    await file.write(chunk);
    options.onProgress?.(sizeBytes, total);
  }
  if (expectedSizeBytes === undefined || sizeBytes <= expectedSizeBytes) requireWhole(answer, sizeBytes);
  const sha256 = hash.digest('hex') as Digest;
  const isWrong = (expectedSha256 ?? sha256) !== sha256 || (expectedSizeBytes ?? sizeBytes) !== sizeBytes;
  if (isWrong) throw hashMismatch(url, { expectedSha256, expectedSizeBytes, sha256, sizeBytes });
  return { sha256, sizeBytes };
}

function requireWhole({ headers }: Answer, sizeBytes: number): void {
  const announced = headers['content-length'];
  if (announced === undefined || Number(announced) === sizeBytes) return;
  throw new TransientFailure(`the file broke off after ${sizeBytes} of ${announced} bytes`);
}

function isHashMismatch(error: unknown): boolean {
  return error instanceof LivewrightError && error.code === 'HASH_MISMATCH';
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    throw interrupted(error);
  }
}
