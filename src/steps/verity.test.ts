import { expect, test } from 'vitest';
import type { Digest } from '../store/types.ts';
import { readRootHash, verityArgv } from './verity.ts';

const rootfs = { blob: 'ab'.repeat(32) as Digest, sizeBytes: 4096 };
const settings = { image: '/in/filesystem', rootfs, epochSeconds: 1, fecRoots: null };

test('salt and UUID are of what the image is, and nothing is left to chance', () => {
  const argv = verityArgv(settings);
  expect(argv).toEqual(verityArgv(settings));
  expect(argv.join(' ')).toMatch(
    /^veritysetup format --salt=[0-9a-f]{64} --uuid=[0-9a-f-]{36} \/in\/filesystem \/out\/tree$/,
  );
  const other = verityArgv({ ...settings, rootfs: { ...rootfs, blob: 'cd'.repeat(32) as Digest } });
  expect(other[2]).not.toBe(argv[2]);
  expect(other[3]).not.toBe(argv[3]);
});

test('parity bytes on request', () => {
  const argv = verityArgv({ ...settings, fecRoots: 24 });
  expect(argv).toEqual(expect.arrayContaining(['--fec-device=/out/fec', '--fec-roots=24']));
});

test('the root hash is taken from veritysetup’s answer', () => {
  const answer = `VERITY header information for /out/tree\nUUID:            \t1\nSalt:            \t00ff\nRoot hash:      \t${'0f'.repeat(32)}\n`;
  expect(readRootHash(answer)).toBe('0f'.repeat(32));
  expect(() => readRootHash('Salt: 00ff\n')).toThrow('names no root hash');
});
