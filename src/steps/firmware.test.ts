import { expect, test } from 'vitest';
import { isUseful, packagesOfLine } from './firmware.ts';

test('a line of Contents may name several packages', () => {
  expect(packagesOfLine('usr/lib/firmware/a b.bin    non-free-firmware/kernel/one,kernel/two')).toEqual(['one', 'two']);
});

test.each([
  ['firmware-iwlwifi', 'amd64', true],
  ['firmware-nvidia-gsp', 'amd64', false],
  ['firmware-ti-connectivity', 'amd64', false],
  ['firmware-ti-connectivity', 'arm64', true],
  ['crust-firmware', 'amd64', false],
  ['intel-microcode', 'arm64', false],
  ['firmware-intel-graphics', 'arm64', true],
])('%s in images for %s: %s', (name, architecture, expected) => {
  expect(isUseful(name, architecture)).toBe(expected);
});
