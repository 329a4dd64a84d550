import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent, systemErrorCode } from '../../errors.ts';

/** Removes a file, a link (not what it points to) or a whole directory. Absent is fine. */
export async function removePath(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isDenied(error)) throw error;
    await removeDenied(path);
  }
}

/** A second try: a directory of one's own that is write-protected, as root file systems have some, can be opened up. */
async function removeDenied(path: string): Promise<void> {
  try {
    await openUp(path);
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new LivewrightError('STORE_UNUSABLE', {
      message: `"${path}" belongs to another user and could not be removed.`,
      hint: 'A build by root or by live-build left it: run "sudo lb clean" once.',
      data: { path },
      cause: error,
    });
  }
}

function isDenied(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'EACCES' || code === 'EPERM';
}

async function openUp(path: string): Promise<void> {
  const found = await orIfAbsent(lstat(path), undefined);
  if (!found?.isDirectory()) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(path, entry.name));
  }
}
