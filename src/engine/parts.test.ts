import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { openStore } from '../store/local.ts';
import { createPartMaker, type PartWork } from './parts.ts';

type Piece = { readonly name: string };

/** Makes of each piece its name in capitals, and tells which it was asked for. */
async function workshop() {
  const store = await openStore(join(await tempDirectory(), 'store'));
  const asked: string[][] = [];
  const work = (names: readonly string[], change: Partial<PartWork<Piece, string>> = {}): PartWork<Piece, string> => ({
    kind: 'capitals',
    version: 1,
    inputs: names.map((name) => ({ name })),
    make: async (missing, keep) => {
      asked.push(missing.map(({ name }) => name));
      for (const piece of missing.toReversed()) await keep(piece, piece.name.toUpperCase());
    },
    ...change,
  });
  return { store, asked, work, maker: () => createPartMaker(store, 'step') };
}

test('makes what is missing, in one call, and gives all in the order asked for', async () => {
  const { asked, work, maker } = await workshop();
  expect(await maker().parts(work(['a', 'b']))).toEqual(['A', 'B']);
  expect(await maker().parts(work(['c', 'b', 'a', 'd']))).toEqual(['C', 'B', 'A', 'D']);
  expect(asked).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('equal pieces are one', async () => {
  const { asked, work, maker } = await workshop();
  expect(await maker().parts(work(['a', 'b', 'a']))).toEqual(['A', 'B', 'A']);
  expect(asked).toEqual([['a', 'b']]);
});

test('what was kept before a failure is not made again', async () => {
  const { asked, work, maker } = await workshop();
  const failing = work(['a', 'b'], {
    make: async ([first], keep) => {
      await keep(first!, 'A');
      throw new Error('on purpose');
    },
  });
  await expect(maker().parts(failing)).rejects.toThrow('on purpose');
  expect(await maker().parts(work(['a', 'b']))).toEqual(['A', 'B']);
  expect(asked).toEqual([['b']]);
});

test.each([
  ['another kind', { kind: 'other' }],
  ['another version', { version: 2 }],
])('%s makes it again', async (_, change) => {
  const { asked, work, maker } = await workshop();
  await maker().parts(work(['a']));
  await maker().parts(work(['a'], change));
  expect(asked).toEqual([['a'], ['a']]);
});

test('tells the keys of all pieces, also of those that were there', async () => {
  const { work, maker } = await workshop();
  const first = maker();
  await first.parts(work(['a']));
  const second = maker();
  await second.parts(work(['a', 'b']));
  expect(second.keys()).toHaveLength(2);
  expect(second.keys()).toEqual(expect.arrayContaining([...first.keys()]));
});

test('a piece too few or too many is a mistake in the step', async () => {
  const { work, maker } = await workshop();
  await expect(maker().parts(work(['a'], { make: async () => {} }))).rejects.toThrow(/did not make all/);
  const foreign = work(['a'], { make: (_, keep) => keep({ name: 'b' }, 'B') });
  await expect(maker().parts(foreign)).rejects.toThrow(/not asked for/);
});
