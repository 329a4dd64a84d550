import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../errors.ts';

// Another file system, a file system without links, too many links, or the kernel's protected_hardlinks.
const cannotLink = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * Puts a big file at `target`, replacing what is there: a hard link where possible, so that it costs nothing.
 * A linked file must not be written to in place: it is the source itself.
 */
export async function place(source: string, target: string): Promise<'linked' | 'copied'> {
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  try {
    await link(source, target);
    return 'linked';
  } catch (error) {
    if (!cannotLink.has(systemErrorCode(error) ?? '')) throw error;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    return 'copied';
  }
}

/** Puts a copy at `target`, sharing blocks where the file system can. */
export async function placeCopy(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
}

/** Writes a file anew: what is there may be a link to a file of the store, which must not be written to. */
export async function writeNew(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, text);
}
