import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { digestFile } from '../config/digestFile.ts';
import { digestTree } from '../config/digestTree.ts';
import { writeCpio } from '../debian/cpio.ts';
import { openInitrd } from '../debian/initrdTree.ts';
import { defineStep, type ResultOf, type StepContext } from '../engine/step.ts';
import { openStore } from '../store/local.ts';
import type { InstallerResult } from './installer.ts';
import { installerIncludesStep } from './installerIncludes.ts';

const initrd = gzipSync(
  writeCpio([{ path: 'init', mode: 0o100755, uid: 0, gid: 0, mtimeSeconds: 1, data: Buffer.from('init') }]),
);

test('answers and files are in both initrds; of two with one name the file of includes.installer counts', async () => {
  const directory = await tempDirectory();
  const store = await openStore(join(directory, 'store'));
  mkdirSync(join(directory, 'includes/etc'), { recursive: true });
  writeFileSync(join(directory, 'includes/etc/own'), 'own');
  writeFileSync(join(directory, 'includes/preseed.cfg'), 'of includes');
  const answers = [];
  for (const name of ['a.cfg', 'preseed.cfg']) {
    writeFileSync(join(directory, name), `of ${name}`);
    answers.push({ ...(await digestFile(directory, name)), name });
  }
  const face = { vmlinuz: await store.putBytes('kernel'), initrd: await store.putBytes(initrd), packages: ['anna'] };
  const installer = defineStep({
    ...{ name: 'installer', title: '', version: 1, needs: [], inputs: () => null },
    run: async (): Promise<InstallerResult> => ({ text: face, gtk: face }),
  });
  const includes = { path: join(directory, 'includes'), digest: async () => (await digestTree(directory)).digest };
  const epoch = { needs: [], secondsOf: () => 100 };
  const step = installerIncludesStep({ name: 'x', epoch, installer, directory, includes, answers });
  const resultOf = (() => ({ text: face, gtk: face })) as unknown as ResultOf;
  const { text, gtk } = await step.run(await step.inputs(resultOf), { store } as unknown as StepContext);
  expect(gtk).toEqual(text);
  expect(text).toMatchObject({ vmlinuz: face.vmlinuz, packages: ['anna'] });
  const made = await openInitrd(readFileSync(await store.blobPath(text.initrd)), 'x', 100);
  const files = [...made.entries.keys()].filter((path) => made.entries.get(path)?.mode !== 0o040755);
  expect(files.map((path) => [path, made.read(path)])).toEqual([
    ['a.cfg', 'of a.cfg'],
    ['etc/own', 'own'],
    ['init', 'init'],
    ['preseed.cfg', 'of includes'],
  ]);
});
