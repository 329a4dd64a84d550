import { constants, copyFile, link } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';

/** Puts the store's file at `target` without copying where the file system allows it. The target must not be written to. */
export async function placeFile(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    // EXDEV: another file system; EPERM: protected_hardlinks or a file system without hard links; EMLINK: too many.
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes(systemErrorCode(error) ?? '')) throw error;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}
