import { expect, test } from 'vitest';
import { mapAtOnce } from './slots.ts';

test('as many run at once as are allowed, and results are in the items’ order', async () => {
  let running = 0;
  let most = 0;
  const results = await mapAtOnce([5, 1, 4, 2, 3], 2, async (delay) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < delay; turn++) await new Promise(setImmediate);
    running--;
    return delay * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('a failure is told when the others have ended', async () => {
  const ended: number[] = [];
  const work = mapAtOnce([1, 2, 3], 3, async (item) => {
    if (item === 1) throw new Error('the first');
    for (let turn = 0; turn < item; turn++) await new Promise(setImmediate);
    ended.push(item);
  });
  await expect(work).rejects.toThrow('the first');
  expect(ended).toEqual([2, 3]);
});
