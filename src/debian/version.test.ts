import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions, type Operator, operators, satisfies } from './version.ts';

test.each([
  ['1.0-1~bpo12+1', '<', '1.0-1'],
  ['1:0.9', '>', '1.0'],
  ['1.0', '<', '1.0-1'],
  ['1.0~rc1', '<', '1.0'],
  ['1.0+b1', '>', '1.0'],
  ['1.2.10', '>', '1.2.9'],
  ['1.0a', '<', '1.0+'],
  ['1.00', '=', '1.0'],
  ['20240101123456789012345678901', '>', '20240101123456789012345678900'],
  ['0:1.0', '=', '1.0'],
  ['1.0-0', '=', '1.0'],
])('%s %s %s', (a, relation, b) => {
  const sign = relation === '<' ? -1 : relation === '>' ? 1 : 0;
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
  expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
});

test.each([
  ['1', '<<', '2', true],
  ['2', '<=', '2', true],
  ['2', '=', '2', true],
  ['1', '>=', '2', false],
  ['2', '>>', '2', false],
] as const)('satisfies(%s %s %s) is %s', (version, operator, wanted, expected) => {
  expect(satisfies(version, operator, wanted)).toBe(expected);
});

const names: Record<Operator, string> = { '<<': 'lt', '<=': 'le', '=': 'eq', '>=': 'ge', '>>': 'gt' };
const part = fc.array(fc.constantFrom('0', '1', '2', '10', 'a', 'b', 'Z', '~', '+', '.'), { maxLength: 5 });
const version = fc
  .tuple(
    fc.constantFrom('', '0:', '1:'),
    fc.constantFrom('0', '1', '9'),
    part,
    fc.option(fc.tuple(fc.constantFrom('0', '1'), part)),
  )
  .map(([epoch, digit, upstream, revision]) =>
    [epoch, digit, ...upstream, ...(revision ? ['-', revision[0], ...revision[1]] : [])].join(''),
  );

test('agrees with dpkg --compare-versions on random versions', () => {
  fc.assert(
    fc.property(version, version, fc.constantFrom(...operators), (a, b, operator) => {
      const dpkg = spawnSync('dpkg', ['--compare-versions', a, names[operator], b]);
      expect([a, operator, b, satisfies(a, operator, b)]).toEqual([a, operator, b, dpkg.status === 0]);
    }),
    { numRuns: 300 },
  );
});
