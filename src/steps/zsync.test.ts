import { expect, test } from 'vitest';
import { withTime } from './zsync.ts';

test('the header has the time of the build, and the blocks stay as they are', () => {
  const head = 'zsync: 0.6.2\nFilename: a.iso\nMTime: Mon, 23 Nov 2026 10:00:00 +0000\nBlocksize: 2048';
  const blocks = Buffer.from([0, 255, 10, 10, 77, 84]);
  const file = withTime(Buffer.concat([Buffer.from(`${head}\n\n`), blocks]), 0);
  expect(file.toString('latin1')).toBe(
    `${head.replace(/MTime.*/, 'MTime: Thu, 01 Jan 1970 00:00:00 +0000')}\n\n${blocks.toString('latin1')}`,
  );
});
