import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, normalizeJson } from './canonical.ts';

test.each([
  [null, 'null'],
  [-0, '0'],
  [1e21, '1e+21'],
  ['é\n"', '"é\\n\\""'],
  [[], '[]'],
  [{}, '{}'],
  [{ b: 1, a: [true, { z: null, y: 'x' }] }, '{"a":[true,{"y":"x","z":null}],"b":1}'],
  [{ 10: 'ten', 9: 'nine', '': 0 }, '{"":0,"10":"ten","9":"nine"}'],
])('%j has one text', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test.each([
  [{ a: { b: undefined } }, 'a.b is undefined'],
  [undefined, 'the value is undefined'],
  [[1, undefined], '[1] is undefined'],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what must be refused
  [[1, , 3], '[1] is undefined'],
  [{ n: Number.NaN }, 'n is NaN'],
  [[Number.POSITIVE_INFINITY], '[0] is Infinity'],
  [{ f: () => 1 }, 'f is a function'],
  [{ when: new Date(0) }, 'when is an object of type Date'],
  [{ m: new Map() }, 'm is an object of type Map'],
  [{ big: 1n }, 'big is a bigint'],
])('refuses what JSON cannot say (%#)', (value, message) => {
  expect(() => canonicalJson(value)).toThrow(`Not JSON: ${message}.`);
});

test('refuses a cycle, and accepts the same object twice', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  expect(() => canonicalJson(loop)).toThrow('self is a part of itself');
  const shared = { a: 1 };
  expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
});

/** The same value with the members of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, member]) => [name, reversed(member)]));
}

test('means the value: parses back to it, does not depend on order, is its own canonical text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
      expect(canonicalJson(normalizeJson(value))).toBe(text);
    }),
    { numRuns: 200 },
  );
});

test('tells different values apart', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const areEqual = JSON.stringify(normalizeJson(a)) === JSON.stringify(normalizeJson(b));
      expect(canonicalJson(a) === canonicalJson(b)).toBe(areEqual);
    }),
  );
});
