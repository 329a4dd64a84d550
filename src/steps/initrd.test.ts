import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { kernelVersions, versionsToMake } from './initrd.ts';

const files = [
  ['vmlinuz-6.12.41+deb13-amd64', 'System.map-6.12.41+deb13-amd64', 'vmlinuz'],
  ['vmlinux-6.1.0-9-arm64', 'initrd.img-6.12.41+deb13-amd64', 'vmlinuz.old'],
];

async function makeLayers() {
  const layers = files.map(async (names) => {
    const path = await tempDirectory();
    await mkdir(join(path, 'boot'));
    for (const name of names) await writeFile(join(path, 'boot', name), '');
    return { path, opaque: new Set<string>() };
  });
  return Promise.all(layers);
}

test('kernels of all layers, by name', async () => {
  const layers = await makeLayers();
  expect(await kernelVersions(layers)).toEqual(['6.1.0-9-arm64', '6.12.41+deb13-amd64']);
  expect(await kernelVersions([])).toEqual([]);
});

test('what a hook has made by itself, and says so, is left as it is', async () => {
  const layers = await makeLayers();
  expect(await versionsToMake(layers)).toEqual(['6.1.0-9-arm64', '6.12.41+deb13-amd64']);
  await writeFile(join(layers[1]?.path ?? '', 'initrd.img_has_already_been_regenerated'), '');
  expect(await versionsToMake(layers)).toEqual(['6.1.0-9-arm64']);
});
