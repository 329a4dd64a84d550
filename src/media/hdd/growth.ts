import { stat } from 'node:fs/promises';
import { orIfAbsent } from '../../errors.ts';

export interface Growth {
  /** A sparse file that programs write to. */
  readonly path: string;
  readonly totalBytes: number;
  readonly onProgress: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

const intervalMs = 250;

/** Runs `work` and reports meanwhile how much of the file has been written: the programs themselves do not say. */
export async function watchGrowth(growth: Growth, work: () => Promise<void>): Promise<void> {
  const { path, totalBytes, onProgress } = growth;
  if (!onProgress) return work();
  const look = async () => {
    const blocks = (await orIfAbsent(stat(path), undefined))?.blocks ?? 0;
    onProgress(Math.min(blocks * 512, totalBytes), totalBytes);
  };
  const timer = setInterval(() => void look().catch(() => {}), intervalMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  onProgress(totalBytes, totalBytes);
}
