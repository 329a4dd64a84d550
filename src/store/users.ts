import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orIfAbsent } from '../errors.ts';
import type { Layout } from './layout.ts';
import { placeMark, removeMark, withLock } from './lock.ts';
import { isRunning, type Mark, newMark, type Owner, parseMark } from './owner.ts';

/**
 * Who uses the store, and how a purge stays out of their way:
 *  - a user registers (a mark in `users/`) while it holds `locks/purge`, before it looks at or adds any object;
 *  - a purge deletes only while it holds `locks/purge` and no living process is registered.
 * So no object vanishes between the moment a process saw it and the moment that process unregisters or dies.
 * A purge waits without holding the lock: it never keeps a build from starting.
 */
export interface Registration {
  /** Registers this store object as user, once. */
  register(): Promise<void>;
  unregister(): Promise<void>;
}

export function createRegistration(layout: Layout): Registration {
  let registered: Promise<Mark> | undefined;
  return {
    async register() {
      registered ??= withLock(layout.purgeLock, async () => {
        const mark = newMark();
        await placeMark(mark, join(layout.users, mark.text));
        return mark;
      });
      await registered.catch((error: unknown) => {
        registered = undefined;
        throw error;
      });
    },
    async unregister() {
      const mark = await registered;
      registered = undefined;
      if (mark) await removeMark(mark, join(layout.users, mark.text));
    },
  };
}

/** Runs `action` while nobody uses the store and nobody can begin to. */
export async function withoutUsers<T>(
  layout: Layout,
  action: () => Promise<T>,
  onWait?: (user: Owner) => void,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    const outcome = await withLock(layout.purgeLock, async () => {
      const user = await findUser(layout);
      return user ? { user } : { value: await action() };
    });
    if (!outcome.user) return outcome.value;
    if (tries === 0) onWait?.(outcome.user);
    await sleep(250);
  }
}

/** One living user, if any; removes the marks of dead ones on the way. Call it under `locks/purge`. */
export async function findUser(layout: Layout): Promise<Owner | undefined> {
  for (const name of await readdir(layout.users)) {
    const path = join(layout.users, name);
    const mark = parseMark(name);
    if (mark && (await isRunning(mark.owner, path))) return mark.owner;
    await orIfAbsent(unlink(path), undefined);
  }
  return undefined;
}
