import { expect, test } from 'vitest';
import type { ManifestEntry } from '../rootfs/manifest.ts';
import { modifiedTimestamps } from './sealMedium.ts';

const entry = (path: string, type: ManifestEntry['type'], mtimeSeconds: number): ManifestEntry => ({
  ...{ path, type, mtimeSeconds, mode: 0o644, uid: 0, gid: 0, sizeBytes: 0, content: '' },
});

test('what was set to the time of the build is listed as live-build lists it', () => {
  const entries = [entry('.', 'd', 9), entry('a', 'f', 9), entry('b', 'f', 8), entry('c d', 'l', 9)];
  expect(modifiedTimestamps(entries, 9)).toBe('d binary\nf binary/a\nl binary/c d\n');
});
