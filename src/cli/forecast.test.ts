import { expect, test } from 'vitest';
import type { Forecast } from '../engine/forecast.ts';
import { renderForecast } from './forecast.ts';

test('a line a step, and the sums', () => {
  const forecasts: Forecast[] = [
    { step: 'index', title: 'i', verdict: 'run', reason: 'asked in every build', differences: [] },
    { step: 'tools:build', title: 't', verdict: 'reused', savedMs: 61_000 },
    { step: 'rootfs', title: 'r', verdict: 'run', reason: 'excludes changed', differences: [] },
    { step: 'medium', title: 'm', verdict: 'depends', on: ['rootfs'] },
    { step: 'iso', title: 'x', verdict: 'depends', on: ['rootfs', 'medium'] },
  ];
  expect(renderForecast(forecasts)).toBe(
    [
      'index        runs: asked in every build',
      'tools:build  reused (saves 1 min 01 s)',
      'rootfs       runs: excludes changed',
      'medium       runs if the result changes of: rootfs',
      'iso          runs if the result changes of: rootfs',
      '',
      '2 would run, 2 may run, 1 would be reused.',
      '',
    ].join('\n'),
  );
});

test('nothing to do', () => {
  expect(renderForecast([])).toBe('\n0 would run, 0 may run, 0 would be reused.\n');
});
