import { expect, test } from 'vitest';
import { imageRelease } from './bootstrap.ts';

test('os-release says that it is a live image, and of when', () => {
  expect(imageRelease('ID=debian\n', 1_763_976_747)).toBe('ID=debian\nIMAGE_ID=live\nBUILD_ID=20251124T093227Z\n');
});
