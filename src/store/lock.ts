import { mkdir, readlink, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivewrightError, orIfAbsent, systemErrorCode } from '../errors.ts';
import { hold, letGo } from './holdings.ts';
import { isRunning, type Mark, newMark, type Owner, parseMark } from './owner.ts';

/**
 * Locks that survive crashes. A lock is a symlink whose target names its holder: symlink(2) creates name and content
 * in one step, and fails if the name exists. A holder that no longer runs is replaced, and this is the delicate part:
 * of several processes that saw the same dead holder only one may remove its mark, or a slow one would remove the
 * mark of the next holder. So the remover first takes a second lock, named after the dead holder's nonce
 * (`PATH.NONCE`), and looks again under it. Every mark is unique, so while that lock is held nobody else can remove
 * it. If a remover dies in between, its own mark on `PATH.NONCE` is dealt with in the same way.
 */
export type Attempt =
  | { readonly held: true; release(): Promise<void> }
  | { readonly held: false; readonly holder: Owner };

export interface LockOptions {
  /** Called once if another holds the lock. */
  readonly onWait?: (holder: Owner) => void;
  readonly signal?: AbortSignal;
}

/** Runs `action` while holding the lock at `path` (its directory must exist); waits for other holders. */
export async function withLock<T>(path: string, action: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const lock = await waitForLock(path, options);
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

async function waitForLock(path: string, { onWait, signal }: LockOptions) {
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    const attempt = await tryLock(path);
    if (attempt.held) return attempt;
    if (tries === 0) onWait?.(attempt.holder);
    await sleep(Math.min(10 * 2 ** Math.min(tries, 5), 250), undefined, signal ? { signal } : {});
  }
}

/** Takes the lock if nobody who still runs has it. */
export async function tryLock(path: string): Promise<Attempt> {
  const mark = newMark();
  for (;;) {
    if (await placeMark(mark, path)) return { held: true, release: () => removeMark(mark, path) };
    const other = await readMark(path);
    if (other === undefined) continue;
    if (await isRunning(other.owner, path)) return { held: false, holder: other.owner };
    const remover = await removeDeadMark(other, path);
    if (remover) return { held: false, holder: remover };
  }
}

/** One build per build directory; LOCKED, naming the other process, if there is one already. */
export async function withBuildLock<T>(buildDirectory: string, action: () => Promise<T>): Promise<T> {
  const path = join(buildDirectory, '.build', 'livewright', 'lock');
  await mkdir(dirname(path), { recursive: true });
  const attempt = await tryLock(path);
  if (!attempt.held) throw buildLocked(buildDirectory, attempt.holder);
  try {
    return await action();
  } finally {
    await attempt.release();
  }
}

function buildLocked(directory: string, { pid }: Owner): LivewrightError {
  return new LivewrightError('LOCKED', {
    message: `Process ${pid} is already at work in ${directory}.`,
    hint: `Wait until it has ended, or end it with "kill ${pid}".`,
    data: { directory, pid },
  });
}

/** Whether `mark` now stands at `path`; false if the name was taken. */
export async function placeMark(mark: Mark, path: string): Promise<boolean> {
  try {
    await symlink(mark.text, path);
    hold(path, mark.text);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

export async function removeMark(mark: Mark, path: string): Promise<void> {
  letGo(path);
  if ((await orIfAbsent(readlink(path), undefined)) === mark.text) await orIfAbsent(unlink(path), undefined);
}

async function readMark(path: string): Promise<Mark | undefined> {
  const text = await orIfAbsent(readlink(path), undefined).catch((error: unknown) => {
    if (systemErrorCode(error) === 'EINVAL') return '';
    throw error;
  });
  if (text === undefined) return undefined;
  const mark = parseMark(text);
  if (mark) return mark;
  throw new LivewrightError('LOCKED', {
    message: `${path} is in the way: it is not a lock of this program.`,
    hint: 'Remove it.',
    place: { path },
  });
}

/** Removes the mark of a dead holder, or returns who is doing so right now. */
async function removeDeadMark(dead: Mark, path: string): Promise<Owner | undefined> {
  const guard = await tryLock(guardPath(dead, path));
  if (!guard.held) return guard.holder;
  try {
    if ((await orIfAbsent(readlink(path), undefined)) === dead.text) await unlink(path);
    return undefined;
  } finally {
    await guard.release();
  }
}

/** `PATH.NONCE`, also where `path` is such a guard itself: nonces are unique, so names need not grow. */
function guardPath(dead: Mark, path: string): string {
  return `${path.replace(/\.[0-9a-f]{16}$/, '')}.${dead.nonce}`;
}
