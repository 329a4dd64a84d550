import type { Listener } from '../events/events.ts';

interface Sample {
  readonly atMs: number;
  readonly done: number;
}

// Sticks stall for seconds while they erase; a shorter memory would have the time left jump about.
const memoryMs = 10_000;
const everyMs = 100;

export interface Counted {
  readonly step: string;
  readonly title: string;
  readonly totalBytes: number;
}

/** Counts bytes of a stretch of work, with speed and time left. Tells of its start at once and of its end by `done`. */
export function startCounting(emit: Listener, { step, title, totalBytes }: Counted, now = () => performance.now()) {
  const startedMs = now();
  let samples: readonly Sample[] = [{ atMs: startedMs, done: 0 }];
  let toldMs = Number.NEGATIVE_INFINITY;
  emit({ type: 'step-started', step, title, reason: '' });
  return {
    reach: (done: number): void => {
      const atMs = now();
      if (atMs - toldMs < everyMs && done < totalBytes) return;
      toldMs = atMs;
      samples = [...samples.filter((sample) => atMs - sample.atMs <= memoryMs), { atMs, done }];
      const pace = measurePace(samples, totalBytes);
      emit({ type: 'step-progress', step, done, total: totalBytes, unit: 'bytes', ...pace });
    },
    done: (): void => emit({ type: 'step-done', step, title, durationMs: now() - startedMs }),
  };
}

function measurePace(
  samples: readonly Sample[],
  totalBytes: number,
): { perSecond: number; leftMs: number } | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.atMs - first.atMs < 500 || last.done <= first.done)
    return undefined;
  const perSecond = ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
  return { perSecond, leftMs: ((totalBytes - last.done) / perSecond) * 1000 };
}
