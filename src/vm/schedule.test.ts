import { expect, test } from 'vitest';
import { chooseJobs, readResources } from './schedule.ts';

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
