import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapAtOnce } from './atOnce.ts';

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

test('after a failure nothing begins, and what runs is waited for', async () => {
  const begun: string[] = [];
  let ended = 0;
  const work = async (name: string) => {
    begun.push(name);
    await sleep(name === 'bad' ? 1 : 20);
    ended++;
    if (name === 'bad') throw new Error('no');
  };
  await expect(mapAtOnce(['slow', 'bad', 'never'], 2, work)).rejects.toThrow('no');
  expect([begun, ended]).toEqual([['slow', 'bad'], 2]);
});
