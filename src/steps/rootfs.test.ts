import { expect, test } from 'vitest';
import { squashArguments } from './rootfs.ts';

const plain = { compression: 'xz', level: null, excludes: '', epochSeconds: 12 };
const always = ['mksquashfs', '/target', '/out/filesystem.squashfs'];

test.each([
  [plain, ['-comp', 'xz'], []],
  [{ ...plain, compression: 'xz -Xbcj x86' }, ['-comp', 'xz', '-Xbcj', 'x86'], []],
  [{ ...plain, compression: 'zstd', level: 19 }, ['-comp', 'zstd', '-Xcompression-level', '19'], []],
  [{ ...plain, excludes: 'boot/*\n' }, ['-comp', 'xz'], ['-wildcards', '-ef', '/dev/stdin']],
])('%j', (inputs, compression, excludes) => {
  const argv = squashArguments(inputs);
  expect(argv.slice(0, 3)).toEqual(always);
  expect(argv.join(' ')).toContain(compression.join(' '));
  expect(argv.join(' ')).toContain('-mkfs-time 12');
  expect(argv.includes('-ef')).toBe(excludes.length > 0);
  expect(argv.join(' ')).toContain(excludes.join(' '));
});
