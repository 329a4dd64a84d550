import { lstat, mkdtemp, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent, systemErrorCode } from '../errors.ts';
import { placeMark, removeMark } from '../store/lock.ts';
import { isRunning, newMark, parseMark } from '../store/owner.ts';
import { removeTree } from '../store/remove.ts';

const prefix = 'lw-serve-';
/** In each directory: a link that names the process whose directory it is, as the store's locks do. */
const ownerName = 'owner';
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Calls `use` with a new directory below `parent`, which is removed afterwards. Before, those are removed that processes
 * have left there which were killed; `onRemoved` is told which.
 */
export async function withServeScratch<T>(
  parent: string,
  use: (scratch: string) => Promise<T>,
  onRemoved: (path: string) => void = () => {},
): Promise<T> {
  for (const path of await findLeftovers(parent)) {
    await removeIfPossible(path);
    onRemoved(path);
  }
  const scratch = await mkdtemp(join(parent, prefix));
  const [mark, markPath] = [newMark(), join(scratch, ownerName)];
  try {
    await placeMark(mark, markPath);
    return await use(scratch);
  } finally {
    await removeMark(mark, markPath);
    await removeTree(scratch);
  }
}

async function findLeftovers(parent: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(parent)).filter((entry) => entry.startsWith(prefix)).sort()) {
    const path = join(parent, name);
    if (await isLeftover(path)) found.push(path);
  }
  return found;
}

/**
 * One without a name in it is just being made or removed, unless it is old. In a directory for everybody, only what is
 * ours counts.
 */
async function isLeftover(path: string): Promise<boolean> {
  const stats = await orIfAbsent(lstat(path), undefined);
  if (!stats?.isDirectory() || stats.uid !== process.getuid?.()) return false;
  const markPath = join(path, ownerName);
  const mark = parseMark(await orIfAbsent(readlink(markPath), ''));
  if (mark === undefined) return Date.now() - stats.mtimeMs > dayMs;
  return !(await isRunning(mark.owner, markPath));
}

/** Another one may be at it, too; what cannot be removed is left to the next. */
async function removeIfPossible(path: string): Promise<void> {
  await removeTree(path).catch((error: unknown) => {
    if (!['EACCES', 'EPERM', 'ENOENT', 'ENOTEMPTY', 'EBUSY'].includes(systemErrorCode(error) ?? '')) throw error;
  });
}
