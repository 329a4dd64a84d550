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
