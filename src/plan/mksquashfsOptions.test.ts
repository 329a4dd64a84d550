import { expect, test } from 'vitest';
import { compressionType } from './mksquashfsOptions.ts';

test.each([
  ['', '', ''],
  ['zstd', '', 'zstd'],
  ['', '-b 1048576 -Xbcj x86 -Xdict-size 100%', 'xz -b 1048576 -Xbcj x86 -Xdict-size 100%'],
  ['xz -Xbcj x86', '  -b\t1M   -no-progress -processors 2 ', 'xz -Xbcj x86 -b 1M'],
  ['xz -Xbcj x86', '-comp zstd -Xcompression-level 19', 'zstd -Xcompression-level 19'],
  ['lz4', '-Xhc -comp lz4 -quiet', 'lz4 -Xhc'],
])('type %j with MKSQUASHFS_OPTIONS=%j is %j', (type, options, both) => {
  expect(compressionType(type, options)).toBe(both);
});

test.each([
  ['-regex -e proc/.*', '-regex', 'config/rootfs/excludes'],
  ['-Xbcj x86 -e boot', '-e', 'config/rootfs/excludes'],
  ['-b 3000', '-b', 'Leave it out'],
  ['-all-root', '-all-root', 'Leave it out'],
  ['stray', 'stray', 'Leave it out'],
])('MKSQUASHFS_OPTIONS=%j is refused', (options, word, hint) => {
  expect(() => compressionType('', options)).toThrow(
    expect.objectContaining({
      code: 'NOT_SUPPORTED',
      message: expect.stringContaining(`"${word}"`),
      hint: expect.stringContaining(hint),
    }),
  );
});
