/**
 * Calls `action` for each item, up to `count` at once, begun in the items' order, in which the results stand too. After a
 * rejection nothing new begins, what runs is waited for (so that what it uses can be taken away), and the rejection is passed on.
 */
export async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  count: number,
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const takeTurns = async () => {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await action(items[index] as Item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, count) }, takeTurns));
  if (failure) throw failure.error;
  return results;
}
