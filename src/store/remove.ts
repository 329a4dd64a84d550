import { chmod, readdir, rm } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';

/**
 * Removes a directory with all it holds, also where directories deny access to their owner (root file systems have
 * such). Absent is fine. Names are handled as bytes: they need not be UTF-8.
 */
export async function removeTree(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
    await openUp(Buffer.from(directory));
    await rm(directory, { recursive: true, force: true });
  }
}

async function openUp(directory: Buffer): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    if (entry.isDirectory())
      await openUp(Buffer.concat([directory, Buffer.from('/'), entry.name as unknown as Buffer]));
  }
}
