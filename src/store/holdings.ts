import { readlinkSync, rmdirSync, unlinkSync } from 'node:fs';
import { lutimes } from 'node:fs/promises';

const renewEveryMs = 20_000;
/** How long something of a process we cannot look up counts as held after its last renewal. */
export const freshForMs = 180_000;

/** What this process holds: path -> target of the symlink that says so, or undefined for a directory. */
const held = new Map<string, string | undefined>();
let timer: NodeJS.Timeout | undefined;

/** Keeps the time of `path` fresh while this process lives, and removes the symlink if the process exits by itself. */
export function hold(path: string, target?: string): void {
  held.set(path, target);
  if (timer) return;
  timer = setInterval(renew, renewEveryMs).unref();
  process.on('exit', letAllGo);
}

export function letGo(path: string): void {
  held.delete(path);
}

function renew(): void {
  const now = new Date();
  // A path that is gone needs no renewal.
  for (const path of held.keys()) lutimes(path, now, now).catch(() => {});
}

function letAllGo(): void {
  for (const [path, target] of held) {
    try {
      if (target === undefined) rmdirSync(path);
      else if (readlinkSync(path) === target) unlinkSync(path);
    } catch {
      // Whatever stays is recognised by its owner, who is dead then.
    }
  }
}
