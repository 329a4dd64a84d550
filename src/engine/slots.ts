/** Lets at most `count` actions run at once, in the order in which they asked. */
export function createSlots(count: number): <T>(action: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];

  return async (action) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/**
 * Calls `action` for each item, up to `count` at once, and gives the results in the items' order. Where one fails, the
 * others have ended before this throws, so that what they use can be taken away.
 */
export async function mapAtOnce<T, R>(
  items: readonly T[],
  count: number,
  action: (item: T) => Promise<R>,
): Promise<R[]> {
  const inSlot = createSlots(count);
  const running = items.map((item) => inSlot(() => action(item)));
  await Promise.allSettled(running);
  return Promise.all(running);
}
