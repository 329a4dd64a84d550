import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { kernelVersions } from './initrd.ts';

test('kernels of all layers, by name', async () => {
  const files = [
    ['vmlinuz-6.12.41+deb13-amd64', 'System.map-6.12.41+deb13-amd64', 'vmlinuz'],
    ['vmlinux-6.1.0-9-arm64', 'initrd.img-6.12.41+deb13-amd64', 'vmlinuz.old'],
  ];
  const layers = await Promise.all(
    files.map(async (names) => {
      const path = await tempDirectory();
      await mkdir(join(path, 'boot'));
      for (const name of names) await writeFile(join(path, 'boot', name), '');
      return { path, opaque: new Set<string>() };
    }),
  );
  expect(await kernelVersions(layers)).toEqual(['6.1.0-9-arm64', '6.12.41+deb13-amd64']);
  expect(await kernelVersions([])).toEqual([]);
});
