import { access, constants, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent, systemErrorCode } from '../errors.ts';
import { writeDurably } from './atomic.ts';
import type { Layout } from './layout.ts';
import { tryLock } from './lock.ts';

const format = '1\n';
/** https://bford.info/cachedir/: a directory with this file holds nothing worth a backup. */
const tag = `Signature: 8a477f597d28d172789f06886806bc55
# What Livewright keeps between builds. Everything here can be made again.
`;

/** Makes the directories and marker files of a store where they are missing. */
export async function prepareDirectories(layout: Layout): Promise<void> {
  await mkdir(layout.root, { recursive: true, mode: 0o700 });
  await access(layout.root, constants.R_OK | constants.W_OK | constants.X_OK);
  await writeOnce(layout.formatFile, format);
  await writeOnce(layout.tagFile, tag);
  await checkFormat(layout);
  for (const directory of [layout.staging, layout.users, layout.locks, layout.roots, layout.corrupt]) {
    await mkdir(directory, { recursive: true });
  }
}

async function writeOnce(path: string, text: string): Promise<void> {
  await writeDurably(path, text).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  });
}

async function checkFormat(layout: Layout): Promise<void> {
  const found = await orIfAbsent(readFile(layout.formatFile, 'utf8'), '');
  // Empty: another process is between creating and writing it, or was killed there.
  if (found === format || found === '') return;
  throw new LivewrightError('STORE_UNUSABLE', {
    message: `The store ${layout.root} has format ${found.trim()}, and this version of Livewright knows format 1.`,
    hint: 'Set LIVEWRIGHT_STORE to another directory, or remove this one.',
    data: { directory: layout.root, format: found.trim() },
  });
}

/** Removes the locks of processes that no longer run. */
export async function cleanLocks(layout: Layout): Promise<void> {
  for (const name of await readdir(layout.locks)) {
    const attempt = await tryLock(join(layout.locks, name));
    if (attempt.held) await attempt.release();
  }
}
