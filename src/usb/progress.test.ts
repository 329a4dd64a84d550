import { expect, test } from 'vitest';
import type { LivewrightEvent } from '../events/events.ts';
import { startCounting } from './progress.ts';

function count(points: readonly (readonly [atMs: number, done: number])[]): LivewrightEvent[] {
  const events: LivewrightEvent[] = [];
  let now = 0;
  const counting = startCounting(
    (event) => events.push(event),
    { step: 'write', title: 'write sdb', totalBytes: 1000 },
    () => now,
  );
  for (const [atMs, done] of points) {
    now = atMs;
    counting.reach(done);
  }
  counting.done();
  return events;
}

test('speed and time left, from the last ten seconds', () => {
  const events = count([
    [1000, 100],
    [2000, 200],
    [20_000, 210],
    [21_000, 220],
  ]);
  expect(events[1]).toMatchObject({ done: 100, perSecond: 100, leftMs: 9000 });
  expect(events[2]).toMatchObject({ done: 200, perSecond: 100, leftMs: 8000 });
  expect(events[4]).toMatchObject({ done: 220, perSecond: 10, leftMs: 78_000 });
});

test('not more often than ten times a second, but the end is always told', () => {
  const events = count([
    [0, 1],
    [10, 2],
    [99, 3],
    [101, 4],
    [102, 1000],
  ]);
  expect(events.flatMap((event) => (event.type === 'step-progress' ? [event.done] : []))).toEqual([1, 4, 1000]);
  expect(events.map(({ type }) => type).filter((type) => type !== 'step-progress')).toEqual([
    'step-started',
    'step-done',
  ]);
});
