import { expect, test } from 'vitest';
import { digestBytes } from '../store/digest.ts';
import { answerKey, stepKey } from './key.ts';

const step = { kind: 'hook', version: 2 };

test('is the digest of kind, version and inputs in canonical form', () => {
  const text = '{"inputs":{"a":[1],"b":"x"},"kind":"hook","version":2}';
  expect(stepKey(step, { b: 'x', a: [1] })).toBe(digestBytes(text));
});

test.each([
  ['kind', stepKey({ ...step, kind: 'other' }, {})],
  ['version', stepKey({ ...step, version: 3 }, {})],
  ['inputs', stepKey(step, { a: 1 })],
  ['the answer of a step that asks', answerKey(step, {}, null)],
])('%s makes another key', (_, key) => {
  expect(key).not.toBe(stepKey(step, {}));
});
