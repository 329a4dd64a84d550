import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';
import { alignedBuffer, CHUNK_BYTES, type RawFile, readBack, readFully, writeFully } from './rawFile.ts';
import { roundUp } from './sizes.ts';

export interface CopyOptions {
  readonly sizeBytes: number;
  /** Leave out stretches of zeros: only where the target is known to read as zeros there. */
  readonly isSparse: boolean;
  readonly signal: AbortSignal;
  /** Called with how many bytes are done. */
  readonly onBytes: (done: number) => void;
}

const zeros = Buffer.alloc(CHUNK_BYTES);

/**
 * Writes the image to the beginning of `target` and has the device confirm it (fsync). Resolves with the image's SHA-256, as
 * it was read. While a chunk is written the next one is read.
 */
export async function copyImage(image: FileHandle, target: RawFile, options: CopyOptions): Promise<string> {
  const { sizeBytes, isSparse, signal, onBytes } = options;
  const hash = createHash('sha256');
  for await (const { offset, chunk } of readAhead(image, options)) {
    signal.throwIfAborted();
    hash.update(chunk);
    const padded = padChunk(chunk, target.unitBytes);
    if (!isSparse || !zeros.subarray(0, chunk.length).equals(chunk)) await writeFully(target.handle, padded, offset);
    onBytes(Math.min(offset + chunk.length, sizeBytes));
  }
  await target.handle.sync();
  return hash.digest('hex');
}

/** The same bytes with zeros up to a whole unit; the buffer below has room for them. */
function padChunk(chunk: Uint8Array, unitBytes: number): Uint8Array {
  const padded = new Uint8Array(chunk.buffer, chunk.byteOffset, roundUp(chunk.length, unitBytes));
  padded.fill(0, chunk.length);
  return padded;
}

interface Chunk {
  readonly offset: number;
  readonly chunk: Uint8Array;
}

/** The image in chunks; a chunk is only good until the next but one is asked for. */
async function* readAhead(image: FileHandle, { sizeBytes }: CopyOptions): AsyncGenerator<Chunk> {
  const buffers = [alignedBuffer(CHUNK_BYTES), alignedBuffer(CHUNK_BYTES)];
  const read = async (offset: number): Promise<Uint8Array> => {
    const buffer = buffers[(offset / CHUNK_BYTES) % 2] ?? alignedBuffer(CHUNK_BYTES);
    const wanted = buffer.subarray(0, Math.min(CHUNK_BYTES, sizeBytes - offset));
    if ((await readFully(image, wanted, offset)) < wanted.length) throw changedImage();
    return wanted;
  };
  let next = read(0);
  try {
    for (let offset = 0; offset < sizeBytes; offset += CHUNK_BYTES) {
      const chunk = await next;
      if (offset + CHUNK_BYTES < sizeBytes) next = read(offset + CHUNK_BYTES);
      yield { offset, chunk };
    }
  } finally {
    await next.catch(() => {});
  }
}

export interface Comparison extends Omit<CopyOptions, 'isSparse'> {
  /** What the image had when it was written, where that is known. */
  readonly sha256?: string;
}

/**
 * Reads back what `target` itself returns and compares it with the image, byte by byte. Throws VERIFY_FAILED with the first
 * offset that differs; resolves with the image's SHA-256.
 */
export async function verifyImage(image: FileHandle, target: RawFile, options: Comparison): Promise<string> {
  const { signal, onBytes, sha256 } = options;
  const hash = createHash('sha256');
  const buffer = alignedBuffer(CHUNK_BYTES);
  for await (const { offset, chunk } of readAhead(image, { ...options, isSparse: false })) {
    signal.throwIfAborted();
    hash.update(chunk);
    const wanted = buffer.subarray(0, roundUp(chunk.length, target.unitBytes));
    const returned = (await readBack(target, wanted, offset)).subarray(0, chunk.length);
    if (Buffer.compare(returned, chunk) !== 0) throw different(target, offset + firstDifference(returned, chunk));
    onBytes(offset + chunk.length);
  }
  const now = hash.digest('hex');
  if (sha256 !== undefined && sha256 !== now) throw changedImage();
  return now;
}

function firstDifference(one: Uint8Array, other: Uint8Array): number {
  const index = one.findIndex((byte, at) => byte !== other[at]);
  return index === -1 ? one.length : index;
}

export function different({ path }: Pick<RawFile, 'path'>, offset: number): LivewrightError {
  return new LivewrightError('VERIFY_FAILED', {
    message: `${path} does not return what was written to it: the first difference is at byte ${offset}. Do not use it.`,
    hint: 'Write once more; if that fails too, it is worn out or a fake: take another one.',
    data: { path, offset },
  });
}

/** For a build that has put a new image in the place of the one that is being written. */
export function changedImage(): LivewrightError {
  return new LivewrightError('VERIFY_FAILED', {
    message:
      'The image was changed while it was being written, so what was written is neither the old nor the new one.',
    hint: 'Wait until the build has ended, and write again.',
  });
}
