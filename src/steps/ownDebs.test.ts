import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { createDownloader } from '../debian/http.ts';
import { runGraph } from '../engine/run.ts';
import { defineStep } from '../engine/step.ts';
import { digestBytes } from '../store/digest.ts';
import { openStore } from '../store/local.ts';
import { fetchOwnDebs } from './ownDebs.ts';

test('a purge gives back packages that a result was only made of, unless another directory has them too', async () => {
  const place = await tempDirectory();
  const store = await openStore(join(place, 'store'));
  const lockOf = async (name: string) => {
    await writeFile(join(place, name), name);
    const url = `file://${join(place, name)}`;
    return { name, version: '1', architecture: 'all', sha256: digestBytes(name), sizeBytes: name.length, url };
  };
  const [one, both] = [await lockOf('one.deb'), await lockOf('both.deb')];
  const unpack = (packages: readonly (typeof one)[]) =>
    defineStep({
      ...{ name: 'tools', title: 'tools', version: 1, needs: [], inputs: () => packages.map(({ sha256 }) => sha256) },
      run: async (_, context) => {
        await fetchOwnDebs(packages, { context, downloader: createDownloader() });
        await mkdir(join(context.scratch, 'tree'));
        return store.putTree(join(context.scratch, 'tree'), `of ${packages.length}`);
      },
    });
  const build = async (name: string, packages: readonly (typeof one)[]) => {
    const buildDirectory = join(place, name);
    await mkdir(buildDirectory, { recursive: true });
    await runGraph({ targets: [unpack(packages)], store, events: { emit: () => {} }, buildDirectory });
  };
  const present = () => Promise.all([one, both].map(({ sha256 }) => store.findBlob(sha256).then(Boolean)));
  await build('a', [one, both]);
  // What is reused belongs to the directory that reuses it as well.
  await rm(join(place, 'one.deb'));
  await build('a', [one, both]);
  await build('b', [both]);
  expect(await present()).toEqual([true, true]);
  await store.purge(join(place, 'a'));
  expect(await present()).toEqual([false, true]);
  await store.purge(join(place, 'b'));
  expect(await present()).toEqual([false, false]);
  await store.close();
});
