import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { chooseJobs, readResources, runAtOnce } from './schedule.ts';

test.each([
  [8, 32_000, 2048, 8],
  [8, 6000, 2048, 2],
  [2, 32_000, 2048, 2],
  [1, 100, 2048, 1],
  [4, 9000, 8192, 1],
])('%i cores, %i MiB free, guests of %i MiB: %i at once', (cores, availableMib, memoryMib, jobs) => {
  expect(chooseJobs({ cores, availableMib }, memoryMib)).toBe(jobs);
});

test('this machine has a core and memory', async () => {
  const { cores, availableMib } = await readResources();
  expect(cores).toBeGreaterThan(0);
  expect(availableMib).toBeGreaterThan(0);
});

test('no more than so many at once, and results in the order of the items', async () => {
  let running = 0;
  let most = 0;
  const results = await runAtOnce([30, 5, 20, 1, 10], 2, async (ms) => {
    most = Math.max(most, ++running);
    await sleep(ms);
    running--;
    return ms * 2;
  });
  expect(results).toEqual([60, 10, 40, 2, 20]);
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
  await expect(runAtOnce(['slow', 'bad', 'never'], 2, work)).rejects.toThrow('no');
  expect([begun, ended]).toEqual([['slow', 'bad'], 2]);
});
