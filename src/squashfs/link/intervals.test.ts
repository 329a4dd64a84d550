import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, relocate, uniteIntervals } from './intervals.ts';

const intervals = fc.array(
  fc
    .record({ start: fc.nat({ max: 60 }), length: fc.nat({ max: 12 }) })
    .map(({ start, length }) => ({ start, end: start + length })),
);
const bytesIn = (list: readonly { start: number; end: number }[]) =>
  new Set(list.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at)));

test('united intervals hold the same bytes, sorted and apart', () => {
  fc.assert(
    fc.property(intervals, (list) => {
      const united = uniteIntervals(list);
      expect(bytesIn(united)).toEqual(bytesIn(list));
      expect(bytesOf(united)).toBe(bytesIn(list).size);
      for (const [at, { start }] of united.entries()) if (at > 0) expect(start).toBeGreaterThan(united[at - 1]!.end);
    }),
  );
});

test('bytes move to where they come to lie one behind the other', () => {
  fc.assert(
    fc.property(intervals, fc.nat(), (list, position) => {
      const united = uniteIntervals(list);
      const moved = relocate(united, position);
      const sorted = [...bytesIn(united)].sort((a, b) => a - b);
      expect(sorted.map(moved)).toEqual(sorted.map((_, at) => position + at));
      for (const old of [-1, 200]) expect(() => moved(old)).toThrow(/not copied/);
    }),
  );
});
