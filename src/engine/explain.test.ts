import { expect, test } from 'vitest';
import { digestBytes } from '../store/digest.ts';
import type { Json } from '../store/types.ts';
import { explainStep, summarizeReason } from './explain.ts';
import type { LastInputs } from './state.ts';

const base = { key: digestBytes('key'), kind: 'hook', version: 2, inputs: null as Json };
const last = (part: Partial<LastInputs>): LastInputs => ({ ...base, when: '2026-01-01T00:00:00.000Z', ...part });
const step = { cache: 'store' } as const;

const [old, now] = [digestBytes('old'), digestBytes('new')];

test.each<[string, Json, Json, { path: string; kind: string; text: string }[]]>([
  ['the same', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  [
    'one of a list of things with names',
    { scripts: ['a', 'b', 'c'].map((name) => ({ name, digest: old })) },
    { scripts: ['a', 'b', 'c'].map((name) => ({ name, digest: name === 'c' ? now : old })) },
    [
      {
        path: 'scripts[2].digest',
        kind: 'changed',
        text: `inputs.scripts[2].digest was ${old.slice(0, 12)}…, is ${now.slice(0, 12)}…`,
      },
    ],
  ],
  [
    'one more and one less in a list of texts',
    { packages: ['bash 5.2-1', 'vim 9.1-1'] },
    { packages: ['bash 5.2-1', 'nano 8.4-1'] },
    [
      { path: 'packages[1]', kind: 'added', text: 'inputs.packages: added nano 8.4-1' },
      { path: 'packages[1]', kind: 'removed', text: 'inputs.packages: removed vim 9.1-1' },
    ],
  ],
  [
    'one more thing at the front',
    { packages: [{ name: 'bash', version: '5.2-1' }] },
    {
      packages: [
        { name: 'nano', version: '8.4-1' },
        { name: 'bash', version: '5.2-1' },
      ],
    },
    [{ path: 'packages[0]', kind: 'added', text: 'inputs.packages: added nano 8.4-1' }],
  ],
  [
    'only the order',
    { layers: ['a', 'b'] },
    { layers: ['b', 'a'] },
    [{ path: 'layers', kind: 'changed', text: 'inputs.layers: the order changed' }],
  ],
  [
    'a list without names, place by place',
    { flags: [1, 1, 2] },
    { flags: [1, 3] },
    [
      { path: 'flags[1]', kind: 'changed', text: 'inputs.flags[1] was 1, is 3' },
      { path: 'flags[2]', kind: 'removed', text: 'inputs.flags: removed 2' },
    ],
  ],
  [
    'members',
    { a: 1, gone: 'x' },
    { a: 1, come: true },
    [
      { path: 'come', kind: 'added', text: 'inputs: added come (true)' },
      { path: 'gone', kind: 'removed', text: 'inputs: removed gone (x)' },
    ],
  ],
  [
    'the kind of a value',
    { a: { b: 'x' } },
    { a: { b: ['x'] } },
    [{ path: 'a.b', kind: 'changed', text: 'inputs.a.b was x, is ["x"]' }],
  ],
  ['the whole value', 1, '', [{ path: '', kind: 'changed', text: 'inputs was 1, is ""' }]],
])('%s', (_, before, after, expected) => {
  const differences = explainStep(step, { ...base, inputs: after }, last({ inputs: before }));
  expect(differences.map(({ path, kind, text }) => ({ path, kind, text }))).toEqual(expected);
});

test('before and after are there for JSON', () => {
  const [difference] = explainStep(step, { ...base, inputs: { a: 1 } }, last({ inputs: { a: 2 } }));
  expect(difference).toMatchObject({ before: 2, after: 1 });
});

test.each([
  ['never ran here', explainStep(step, base, undefined)],
  ['its code is version 2, was 1', explainStep(step, base, last({ version: 1 }))],
  ['it is done by hook, was script', explainStep(step, base, last({ kind: 'script', version: 1 }))],
  ['it asks the outside world in every build', explainStep({ cache: 'never' }, base, last({}))],
  ['its result is no longer in the store', explainStep(step, base, last({}))],
  ['inputs was 1, is null', explainStep(step, base, last({ inputs: 1 }))],
  [
    'its code is version 2, was 1 (and 2 more)',
    explainStep(step, { ...base, inputs: { a: 1, b: 1 } }, last({ version: 1, inputs: { a: 2, b: 2 } })),
  ],
])('%s', (summary, differences) => {
  expect(summarizeReason(differences)).toBe(summary);
});
