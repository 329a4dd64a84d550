import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

/** QEMU's own memory beside the guest's, its translated code above all. */
const overheadMib = 400;

export interface Resources {
  readonly cores: number;
  readonly availableMib: number;
}

/**
 * How many guests run at once: as many as memory holds, one for each core. A guest has two processors, but the second
 * mostly waits, and so does the first while a menu must stand still: emulated on two cores, two guests at once took 105 s
 * where one after the other took 150 s.
 */
export function chooseJobs({ cores, availableMib }: Resources, memoryMib: number): number {
  return Math.max(1, Math.min(cores, Math.floor((availableMib * 0.9) / (memoryMib + overheadMib))));
}

/** Of this machine, now. proc_meminfo(5): what can be had without swapping. */
export async function readResources(): Promise<Resources> {
  const kib = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
  return { cores: availableParallelism(), availableMib: Math.floor(Number(kib ?? 0) / 1024) };
}

/**
 * Runs `work` for each item, at most `jobs` at once, in the items' order of beginning; the results stand in that order too.
 * After a rejection nothing new begins, what runs is waited for, and the rejection is passed on.
 */
export async function runAtOnce<Item, Result>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const takeTurns = async () => {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, takeTurns));
  if (failure) throw failure.error;
  return results;
}
