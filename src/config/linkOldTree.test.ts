import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runConfigCommand } from './command.ts';
import { findHooks } from './hooks.ts';
import { findIncludes } from './includes.ts';
import { readPackageLists } from './packageLists.ts';
import { configOf, makeTree } from './tree.testing.ts';
import { findArchives, findLocalPackages, findPreseeds } from './treeFiles.ts';

const configure = async (directory: string) => {
  const { warnings } = await runConfigCommand({ directory, argv: [], env: {}, stdout: () => undefined });
  return warnings.map(({ message, place }) => `${place?.path}: ${message}`);
};

test('a tree of live-build 2 is read under the names of today, and its files stay where they are', async () => {
  const directory = await makeTree({
    'config/chroot_local-packageslists/own.list': 'vim\n',
    'config/chroot_local-hooks/01-first.sh': 'true\n',
    'config/chroot_local-includes/etc/motd': 'hello\n',
    'config/chroot_local-packages/a_1_all.deb': '',
    'config/chroot_local-packages/notes': '',
    'config/chroot_local-preseed/a.cfg': 'a a/b string c\n',
    'config/chroot_sources/third.chroot': 'deb http://a.example/ x main\n',
    'config/chroot_sources/third.chroot.gpg': 'key',
    'config/binary_local-includes/README': 'x\n',
    'config/binary_local-hooks/02-last': 'true\n',
    'config/binary_syslinux/menu.cfg': 'x\n',
  });
  const said = await configure(directory);
  expect(said).toContain(
    'config/chroot_local-hooks: This directory is of live-build 2; its files are linked into config/hooks/normal.',
  );
  expect(said).toContain(
    'config/chroot_local-includes: This directory is of live-build 2; config/includes.chroot is now a link to it.',
  );
  expect(said).toContain('config/binary_syslinux: Nothing reads this directory of live-build 2.');

  const config = await configOf(directory);
  const { passes } = await readPackageLists(directory, config, {});
  expect(passes.install).toContainEqual(expect.objectContaining({ spec: 'vim' }));
  const own = (await findHooks(directory)).hooks.filter(({ origin }) => origin === 'own');
  expect(own.map(({ name, kind }) => [name, kind])).toEqual([
    ['normal/01-first.sh.chroot', 'chroot'],
    ['normal/02-last.binary', 'binary'],
  ]);
  expect(await findIncludes(directory)).toEqual([
    { kind: 'chroot-after', path: 'config/includes.chroot' },
    { kind: 'binary', path: 'config/includes.binary' },
  ]);
  expect(await readFile(join(directory, 'config/includes.chroot/etc/motd'), 'utf8')).toBe('hello\n');
  expect((await findLocalPackages(directory, 'amd64')).packages).toHaveLength(1);
  expect((await findArchives(directory)).map(({ kind, phase }) => [kind, phase])).toEqual([
    ['key', 'chroot'],
    ['list', 'chroot'],
  ]);
  expect(await findPreseeds(directory)).toHaveLength(1);
  expect(await readlink(join(directory, 'config/package-lists/own.list.chroot'))).toBe(
    '../chroot_local-packageslists/own.list',
  );
});

test('a second run says no more of what is linked, and files of today are left alone', async () => {
  const directory = await makeTree({
    'config/chroot_local-packageslists/own.list': 'old\n',
    'config/package-lists/own.list.chroot': 'new\n',
    'config/chroot_local-includes/etc/motd': 'old\n',
    'config/includes.chroot/etc/motd': 'new\n',
    'config/binary_local-includes/README': 'x\n',
  });
  await configure(directory);
  expect(await configure(directory)).toEqual([
    'config/chroot_local-includes: Nothing reads this directory: config/includes.chroot has files too.',
  ]);
  expect(await readFile(join(directory, 'config/package-lists/own.list.chroot'), 'utf8')).toBe('new\n');
  expect(await readdir(join(directory, 'config/includes.binary'))).toEqual(['README']);
});
