import { open, rename, rm } from 'node:fs/promises';

/** Writes a new file and waits until it is on the disk. Fails if `path` exists; leaves nothing if it cannot finish. */
export async function writeDurably(path: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    // Not the mode given to open(2), which the umask narrows.
    await file.chmod(mode);
    await file.sync();
  } catch (error) {
    // A full disk needs what was written back.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Writes `content` to `temporary` and renames it to `path`: readers see the old text or the new one. */
export async function replaceFile(path: string, content: Uint8Array | string, temporary: string): Promise<void> {
  await writeDurably(temporary, content);
  await rename(temporary, path);
}
