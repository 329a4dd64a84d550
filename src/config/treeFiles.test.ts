import { expect, test } from 'vitest';
import { makeTree } from './tree.testing.ts';
import { findAptFiles, findArchives, findFiles, findLocalPackages, findPreseeds } from './treeFiles.ts';

test('archives by kind and phase', async () => {
  const names = [
    'a.list',
    'a.list.chroot',
    'a.list.binary',
    'a.key',
    'b.c.pref.chroot',
    'x.conf',
    'y.auth',
    'z.deb',
    'a.sources',
  ];
  const others = ['README', 'a.list.disabled', 'z.deb.chroot'];
  const directory = await makeTree(
    Object.fromEntries([...names, ...others].map((name) => [`config/archives/${name}`, name])),
  );
  const found = await findArchives(directory);
  expect(found.map(({ stem, kind, phase }) => `${stem} ${kind} ${phase}`)).toEqual([
    'a key both',
    'a list both',
    'a list binary',
    'a list chroot',
    'a sources both',
    'b.c pref chroot',
    'x conf both',
    'y auth both',
    'z deb both',
  ]);
  expect(found[1]).toMatchObject({ path: 'config/archives/a.list', sizeBytes: 6 });
  expect(found[1]?.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('local packages of this architecture or of all', async () => {
  const directory = await makeTree({
    'config/packages.chroot/a_1_all.deb': '',
    'config/packages.chroot/b_1_amd64.deb': '',
    'config/packages.chroot/c_1_i386.deb': '',
    'config/packages/d.deb': '',
    'config/packages/e_1_all.deb': '',
    'config/packages/f_1_all.udeb': '',
  });
  const { packages, warnings } = await findLocalPackages(directory, 'amd64');
  expect(packages.map(({ path }) => path)).toEqual([
    'config/packages.chroot/a_1_all.deb',
    'config/packages.chroot/b_1_amd64.deb',
    'config/packages/e_1_all.deb',
  ]);
  expect(warnings.map(({ place }) => place?.path)).toEqual([
    'config/packages.chroot/c_1_i386.deb',
    'config/packages/d.deb',
  ]);
});

test('preseeds, apt files and single files', async () => {
  const directory = await makeTree({
    'config/preseed/a.cfg': '',
    'config/preseed/b.cfg.chroot': '',
    'config/preseed/c.cfg.installer': '',
    'config/preseed/d.cfg.binary': '',
    'config/apt/apt.conf': '',
    'config/apt/x.pref': '',
    'config/apt/notes': '',
    'config/rootfs/excludes': 'boot/*\n',
  });
  expect((await findPreseeds(directory)).map(({ phase }) => phase)).toEqual(['both', 'chroot', 'installer']);
  expect((await findAptFiles(directory)).map(({ path }) => path)).toEqual(['config/apt/apt.conf', 'config/apt/x.pref']);
  const paths = ['config/rootfs/excludes', 'config/rootfs/squashfs.sort'];
  expect(await findFiles(directory, paths)).toMatchObject([{ path: 'config/rootfs/excludes', sizeBytes: 7 }]);
});

test('of answers to one question those for the system alone, or for the installer alone, come last', async () => {
  const names = ['z.cfg', 'a.cfg.chroot', 'b.cfg.installer', 'y.cfg'];
  const directory = await makeTree(Object.fromEntries(names.map((name) => [`config/preseed/${name}`, ''])));
  expect((await findPreseeds(directory)).map(({ path }) => path.replace('config/preseed/', ''))).toEqual([
    ...['y.cfg', 'z.cfg', 'a.cfg.chroot', 'b.cfg.installer'],
  ]);
});

test('an empty directory has none of it', async () => {
  const directory = await makeTree({});
  expect(await findArchives(directory)).toEqual([]);
  expect(await findLocalPackages(directory, 'amd64')).toEqual({ packages: [], warnings: [] });
});

test('a link to nowhere is passed over', async () => {
  const link = ['link', 'nowhere'] as const;
  const directory = await makeTree({
    ...{ 'config/archives/a.list': link, 'config/packages.chroot/a_1_all.deb': link, 'config/preseed/a.cfg': link },
  });
  expect(await findArchives(directory)).toEqual([]);
  expect(await findLocalPackages(directory, 'amd64')).toEqual({ packages: [], warnings: [] });
  expect(await findPreseeds(directory)).toEqual([]);
});
