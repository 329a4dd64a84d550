import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { findLocalPackages } from '../config/treeFiles.ts';
import type { StepContext } from '../engine/step.ts';
import { openStore } from '../store/local.ts';
import type { Store } from '../store/types.ts';
import { lendLocalPackages, localPackagesStep } from './localPackages.ts';

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = await tempDirectory();
  store = await openStore(join(directory, 'store'));
});

interface Wanted {
  readonly file: string;
  readonly control: string;
  readonly compression?: string;
}

/** A package as dpkg-deb makes it, under a name of its own. */
async function build({ file, control, compression = 'xz' }: Wanted): Promise<void> {
  const root = join(directory, 'package');
  await mkdir(join(root, 'DEBIAN'), { recursive: true });
  await writeFile(join(root, 'DEBIAN/control'), `${control}Maintainer: x <x@y.example>\nDescription: d\n more\n`);
  await mkdir(join(directory, 'config/packages.chroot'), { recursive: true });
  const target = join(directory, 'config/packages.chroot', file);
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '-b', root, target], { stdio: 'pipe' });
}

async function index(architecture = 'amd64') {
  const { packages } = await findLocalPackages(directory, architecture);
  const step = localPackagesStep({ directory, architecture, packages });
  const inputs = await step.inputs(() => undefined as never);
  return store.withStaging((scratch) => step.run(inputs, { store, scratch } as StepContext));
}

const own = { file: 'own_1.0_all.deb', control: 'Package: own\nVersion: 1:1.0\nArchitecture: all\nDepends: less\n' };

test('packages are indexed as apt-ftparchive does it', async () => {
  await build(own);
  await build({
    file: 'tool_2_amd64.deb',
    control: 'Package: tool\nVersion: 2\nArchitecture: amd64\n',
    compression: 'gzip',
  });
  const { source, names, files } = await index();
  expect(names).toEqual(['own', 'tool']);
  expect(files.map(({ name }) => name)).toEqual(['own_1.0_all.deb', 'tool_2_amd64.deb']);
  const text = await readFile(await store.blobPath(source.components[0]!.packages), 'utf8');
  const oracle = execFileSync('apt-ftparchive', ['packages', '.'], {
    cwd: join(directory, 'config/packages.chroot'),
    encoding: 'utf8',
  });
  const fields = (stanzas: string) =>
    stanzas.split('\n\n').map((stanza) =>
      stanza
        .split(/\n(?! )/)
        .filter((line) => !/^(MD5sum|SHA1|SHA512):|^$/.test(line))
        .sort(),
    );
  expect(fields(text.trimEnd())).toEqual(fields(oracle.trimEnd()));
});

test('apt finds the index under the name it looks for', async () => {
  await build(own);
  const { source } = await index();
  expect([source.listName, source.components[0]?.listName]).toEqual(['_packages_._Release', '_packages_._Packages']);
  expect(await readFile(await store.blobPath(source.inRelease), 'utf8')).toContain('Origin: config/packages.chroot');
});

test('hooks find the packages where live-build has them', async () => {
  await build(own);
  const lent = await lendLocalPackages(await index(), store);
  expect(Object.keys(lent)).toEqual(
    expect.arrayContaining(['/packages/own_1.0_all.deb', '/packages/Packages', '/packages/Release']),
  );
  expect(lent['/etc/apt/sources.list.d/packages.list']).toEqual({ content: 'deb [ trusted=yes ] file:/packages ./\n' });
});

test.each([
  ['of another architecture', { ...own, control: 'Package: own\nVersion: 1\nArchitecture: i386\n' }, 'it is for i386'],
])('%s', async (_, wanted, message) => {
  await build(wanted);
  const place = { path: `config/packages.chroot/${own.file}` };
  await expect(index()).rejects.toMatchObject({
    code: 'CONFIG_VALUE',
    place,
    message: expect.stringContaining(message),
  });
});

test.each([
  ['no package', 'text'],
  ['cut off', '!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n'],
])('a file that is %s is named', async (_, content) => {
  await mkdir(join(directory, 'config/packages.chroot'), { recursive: true });
  await writeFile(join(directory, 'config/packages.chroot/a_1_all.deb'), content);
  const place = { path: 'config/packages.chroot/a_1_all.deb' };
  await expect(index()).rejects.toMatchObject({ code: 'ARCHIVE_FORMAT', place });
});

test('a package that changes while it is read is not half taken', async () => {
  await build(own);
  const { packages } = await findLocalPackages(directory, 'amd64');
  const step = localPackagesStep({ directory, architecture: 'amd64', packages });
  const inputs = await step.inputs(() => undefined as never);
  await build({ ...own, control: 'Package: own\nVersion: 3\nArchitecture: all\n' });
  const running = store.withStaging((scratch) => step.run(inputs, { store, scratch } as StepContext));
  await expect(running).rejects.toMatchObject({ code: 'CONFIG_VALUE', message: expect.stringContaining('changed') });
});
