import { statfs } from 'node:fs/promises';
import { LivewrightError, systemErrorCode } from '../errors.ts';

const outOfSpace = new Set(['ENOSPC', 'EDQUOT']);
const unusable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EIO']);

export function isOutOfSpace(error: unknown): boolean {
  return outOfSpace.has(systemErrorCode(error) ?? '');
}

/** The error to show for a failure of the file system under `directory`; others come back as they are. */
export async function explainDiskError(error: unknown, directory: string): Promise<unknown> {
  if (isOutOfSpace(error)) return diskFull(directory, error);
  if (unusable.has(systemErrorCode(error) ?? '')) return storeUnusable(directory, error);
  return error;
}

export async function diskFull(directory: string, cause: unknown): Promise<LivewrightError> {
  const freeBytes = await measureFreeBytes(directory);
  return new LivewrightError('DISK_FULL', {
    message: `The disk of ${directory} is full (${formatMebibytes(freeBytes)} free).`,
    hint: 'Free some space there, or set LIVEWRIGHT_STORE to a directory on a larger disk.',
    data: { directory, ...(freeBytes === undefined ? {} : { freeBytes }) },
    cause,
  });
}

/** Bytes that a process without privileges may still write to the file system of `directory`. */
export async function measureFreeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

export function storeUnusable(directory: string, cause: unknown): LivewrightError {
  const path = typeof cause === 'object' && cause && 'path' in cause ? String(cause.path) : directory;
  return new LivewrightError('STORE_UNUSABLE', {
    message: `The store ${directory} cannot be used: ${systemErrorCode(cause)} at ${path}.`,
    hint: 'Make it a directory that you own and may write to, or set LIVEWRIGHT_STORE to another one.',
    data: { directory, path, systemError: systemErrorCode(cause) },
    cause,
  });
}

function formatMebibytes(bytes: number | undefined): string {
  return bytes === undefined ? 'an unknown number of bytes' : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
