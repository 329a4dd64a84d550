import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['recomends', 'recommends', 1],
  ['trixei', 'trixie', 1],
  ['ca', 'abc', 3],
])('%s to %s is %i edits', (a, b, edits) => expect(editDistance(a, b)).toBe(edits));

test('the distance is symmetric and zero only for equal words', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test('one edit of a word is at most one away', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 12 }), fc.nat(), (word, at) => {
      const cut = at % word.length;
      expect(editDistance(word, word.slice(0, cut) + word.slice(cut + 1))).toBe(1);
    }),
  );
});

test.each([
  ['apt-recomends', ['apt-recommends', 'apt-indices'], 'apt-recommends'],
  ['firefoxx', ['firefox-esr', 'firefox', 'foxfire'], 'firefox'],
  ['xyz', ['firefox'], undefined],
  ['a', [], undefined],
])('%s among %j means %s', (word, candidates, meant) => expect(nearest(word, candidates)).toBe(meant));
