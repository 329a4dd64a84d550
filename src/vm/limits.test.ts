import { expect, test } from 'vitest';
import { limitsFor } from './limits.ts';

test('what is emulated and what comes over the network gets more time', () => {
  const kvm = limitsFor({ accel: 'kvm', attach: 'cd' });
  const tcg = limitsFor({ accel: 'tcg', attach: 'disk' });
  const network = limitsFor({ accel: 'tcg', attach: 'network' });
  expect(tcg.kernelMs).toBeGreaterThan(kvm.kernelMs);
  expect([network.menuMs, network.kernelMs]).toEqual([tcg.menuMs * 2, tcg.kernelMs * 3]);
  expect(network.totalMs).toBe(tcg.totalMs);
});

test('what the user says counts', () => {
  expect(limitsFor({ accel: 'tcg', attach: 'cd', limits: { totalMs: 5 } }).totalMs).toBe(5);
});
