import { constants, type FileHandle, open } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';
import { MIB, roundUp } from './sizes.ts';

/** How much is read or written at once: enough for a stick's erase block, little enough to show progress. */
export const CHUNK_BYTES = 4 * MIB;

/** O_DIRECT wants offsets and lengths in whole logical blocks; this is a multiple of all that occur. */
export const UNIT_BYTES = 4096;

/** A device or file that is written and read past the page cache where that is possible. */
export interface RawFile {
  readonly path: string;
  readonly kind: RawOptions['kind'];
  readonly handle: FileHandle;
  /** False: the file system there has no O_DIRECT, and reads may be answered from memory. */
  readonly isDirect: boolean;
  /** Lengths and offsets must be multiples of it. */
  readonly unitBytes: number;
}

export interface RawOptions {
  readonly kind: 'device' | 'file';
  readonly mode: 'read' | 'write' | 'create';
  readonly unitBytes?: number;
}

const access = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
};

/** Opens `path` for the time of `use`. A device to be written is claimed (O_EXCL): EBUSY if anything else has it. */
export async function withRawFile<T>(
  path: string,
  options: RawOptions,
  use: (file: RawFile) => Promise<T>,
): Promise<T> {
  const file = await openRaw(path, options);
  try {
    return await use(file);
  } finally {
    await file.handle.close();
  }
}

async function openRaw(path: string, { kind, mode, unitBytes = UNIT_BYTES }: RawOptions): Promise<RawFile> {
  const claim = kind === 'device' && mode !== 'read' ? constants.O_EXCL : 0;
  const flags = access[mode] | claim;
  const shared = { path, kind, unitBytes };
  try {
    return { ...shared, handle: await open(path, flags | constants.O_DIRECT, 0o644), isDirect: true };
  } catch (error) {
    if (systemErrorCode(error) !== 'EINVAL') throw error;
    // The kernel makes the file before it finds that it cannot open it so (open(2), EINVAL).
    const again = mode === 'create' ? constants.O_RDWR | constants.O_CREAT : flags;
    return { ...shared, handle: await open(path, again, 0o644), isDirect: false };
  }
}

/** Node has it; the types of @types/node do not. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** A buffer at a page boundary, as O_DIRECT wants it: of the buffers JavaScript can have, WebAssembly's memory is. */
export function alignedBuffer(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const pages = Math.ceil(sizeBytes / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return new Uint8Array(memory.buffer, 0, sizeBytes);
}

/** Fills `buffer` from `offset` on, as far as there is something; returns how many bytes that are. */
export async function readFully(handle: FileHandle, buffer: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Writes all of `buffer` or throws. */
export async function writeFully(handle: FileHandle, buffer: Uint8Array, offset: number): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesWritten } = await handle.write(buffer, done, buffer.length - done, offset + done);
    done += bytesWritten;
  }
}

/**
 * Reads what was written before. The kernel makes a drive that was pulled out one of size 0, which returns nothing and has no
 * room (blk_mark_disk_dead); that is told as ENODEV. A file that has become shorter just returns less.
 */
export async function readBack(file: RawFile, buffer: Uint8Array, offset: number): Promise<Uint8Array> {
  const count = await readFully(file.handle, buffer, offset);
  if (count === buffer.length || file.kind === 'file') return buffer.subarray(0, count);
  throw Object.assign(new Error(`${file.path} returned ${count} bytes at ${offset}`), { code: 'ENODEV' });
}

/** Reads any bytes of a raw file, by way of whole units. */
export async function readBytes(file: RawFile, offset: number, length: number): Promise<Buffer> {
  const first = offset - (offset % file.unitBytes);
  const buffer = alignedBuffer(roundUp(offset + length - first, file.unitBytes));
  const count = await readFully(file.handle, buffer, first);
  return Buffer.from(
    buffer.subarray(offset - first, Math.max(offset - first, Math.min(count, offset - first + length))),
  );
}

/** Writes any bytes of a raw file; what else is in the units they touch is read first and stays. */
export async function patchBytes(file: RawFile, offset: number, bytes: Uint8Array): Promise<void> {
  const first = offset - (offset % file.unitBytes);
  const buffer = alignedBuffer(roundUp(offset + bytes.length - first, file.unitBytes));
  await readFully(file.handle, buffer, first);
  buffer.set(bytes, offset - first);
  await writeFully(file.handle, buffer, first);
}
