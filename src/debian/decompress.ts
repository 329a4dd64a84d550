import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import * as zlib from 'node:zlib';
import { LivewrightError } from '../errors.ts';

export type Compression = 'none' | 'gz' | 'xz' | 'zst';

const EXTENSIONS: Readonly<Record<string, Compression>> = { '': 'none', '.gz': 'gz', '.xz': 'xz', '.zst': 'zst' };

/** The compression that a file name ending in `extension` (with its dot, or empty) stands for. */
export function compressionOf(extension: string): Compression | undefined {
  return EXTENSIONS[extension];
}

export interface FileRange {
  readonly path: string;
  readonly offset?: number;
  readonly sizeBytes?: number;
}

/**
 * Gives the decompressed bytes of (part of) a file in pieces. Throws ARCHIVE_FORMAT if they are not of that
 * compression or end too early, NOT_SUPPORTED for zstd where Node's zlib has none (before 22.15).
 */
export async function* readDecompressed(range: FileRange, compression: Compression): AsyncGenerator<Buffer> {
  const raw = openRange(range);
  try {
    yield* await decode(raw, compression);
  } catch (error) {
    throw error instanceof LivewrightError || !isDecoderError(error) ? error : malformed(range, compression, error);
  } finally {
    raw.destroy();
  }
}

function openRange({ path, offset = 0, sizeBytes }: FileRange): Readable {
  if (sizeBytes === 0) return Readable.from([]);
  const end = sizeBytes === undefined ? undefined : offset + sizeBytes - 1;
  return createReadStream(path, { start: offset, ...(end !== undefined && { end }), highWaterMark: 1 << 18 });
}

async function decode(raw: Readable, compression: Compression): Promise<AsyncIterable<Buffer>> {
  switch (compression) {
    case 'none':
      return raw;
    case 'gz':
      return pipe(raw, zlib.createGunzip({ chunkSize: 1 << 16 }));
    case 'zst':
      return pipe(raw, createZstd());
    case 'xz':
      return decodeXz(raw);
  }
}

/** Like `pipeline`, with the errors of both ends arriving at the reader. */
function pipe(raw: Readable, decoder: NodeJS.ReadWriteStream & Readable): AsyncIterable<Buffer> {
  raw.on('error', (error) => decoder.destroy(error));
  return raw.pipe(decoder);
}

type XzStream = new (input: unknown) => AsyncIterable<Uint8Array>;

/**
 * The library lets one stream at a time work and frees its place only when the stream was read to its end, failed or
 * was cancelled; leaving the loop early cancels.
 */
async function* decodeXz(raw: Readable): AsyncGenerator<Buffer> {
  // A CommonJS module: its exports are on `default`.
  const { default: library } = (await import('xz-decompress')) as unknown as {
    default: { XzReadableStream: XzStream };
  };
  for await (const chunk of new library.XzReadableStream(toWeb(raw))) {
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

/**
 * Not `Readable.toWeb`: cancelled while a read is under way, Node's adapter pushes what comes into the closed stream,
 * and that exception nobody can catch (Node 20.20).
 */
function toWeb(raw: Readable): ReadableStream<Uint8Array> {
  const chunks = raw[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

function createZstd(): NodeJS.ReadWriteStream & Readable {
  if ('createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function') {
    return zlib.createZstdDecompress();
  }
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `This Node (${process.version}) cannot read zstd.`,
    hint: 'Use Node 22.15 or newer.',
  });
}

function isDecoderError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return code === undefined || code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_INVALID_STATE';
}

function malformed({ path, offset = 0 }: FileRange, compression: Compression, cause: unknown): LivewrightError {
  return new LivewrightError('ARCHIVE_FORMAT', {
    message: `${path} holds damaged ${compression} data (behind byte ${offset}).`,
    place: { path },
    data: { path, offset, compression },
    cause,
  });
}
