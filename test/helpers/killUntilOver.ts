import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from './lab.ts';

/** Kills the process of that name in the server's network, and each that takes its place, until `finished` is. */
export async function killUntilOver<T>(name: string, finished: Promise<T>, lab: Lab): Promise<T> {
  let isOver = false;
  const over = finished.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const pid of pidsOf(name, lab)) process.kill(pid, 'SIGKILL');
    await delay(500);
  }
  return over;
}

/** None, between two of them. */
function pidsOf(name: string, lab: Lab): number[] {
  const pids = lab.run(lab.server, ['ip', 'netns', 'pids', lab.server]).split('\n').filter(Boolean);
  return pids.filter((pid) => nameOf(pid) === name).map(Number);
}

function nameOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined; // it has ended since
  }
}
