/** Bytes from `start` up to, but not including, `end`. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The same bytes as intervals that are sorted and neither overlap nor touch; empty ones are dropped. */
export function uniteIntervals(intervals: readonly Interval[]): Interval[] {
  const united: { start: number; end: number }[] = [];
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    const last = united.at(-1);
    if (start === end) continue;
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else united.push({ start, end });
  }
  return united;
}

export function bytesOf(united: readonly Interval[]): number {
  return united.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Where the bytes of `united` come to lie when they are written one interval after the other from `position` on. */
export function relocate(united: readonly Interval[], position: number): (old: number) => number {
  const starts: number[] = [];
  let next = position;
  for (const { start, end } of united) {
    starts.push(next);
    next += end - start;
  }
  return (old) => {
    let [low, high] = [0, united.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (united[middle]!.start <= old) low = middle;
      else high = middle - 1;
    }
    const interval = united[low];
    if (interval === undefined || old < interval.start || old >= interval.end)
      throw new Error(`byte ${old} is not copied`);
    return starts[low]! + old - interval.start;
  };
}
