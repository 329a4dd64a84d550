import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { readBuildTree } from './tree.ts';

type Files = Parameters<typeof makeTree>[0];

async function read(files: Files) {
  const directory = await makeTree(files);
  const config = await configOf(directory, '-d trixie');
  return { directory, tree: await readBuildTree({ directory, config, env: {} }) };
}

const stock = (name: string) => ['link', `/usr/share/live/build/hooks/${name}`] as const;

test('an empty tree asks for nothing', async () => {
  const { tree } = await read({ 'config/package-lists/.keep': '' });
  expect(tree).toMatchObject({ install: [], live: [], hasLivePass: false, includesBefore: [], includesAfter: [] });
  expect(tree).toMatchObject({ hooks: [], environment: {}, bootloaders: undefined, includesBinary: undefined });
  expect(await tree.excludes()).toBe('');
});

test('packages of both passes, each once, with the place that asked first', async () => {
  const { tree } = await read({
    'config/package-lists/a.list.chroot': 'vim\n# x\nvim less\n',
    'config/package-lists/b.list.chroot_live': 'less\nlive-tools\n',
    'config/package-lists/c.list.chroot_install': 'less nano-\n',
  });
  expect(tree.install).toEqual([
    { spec: 'vim', place: { path: 'config/package-lists/a.list.chroot', line: 1 } },
    { spec: 'less', place: { path: 'config/package-lists/a.list.chroot', line: 3 } },
    { spec: 'nano-', place: { path: 'config/package-lists/c.list.chroot_install', line: 1 } },
  ]);
  expect(tree.live.map(({ spec }) => spec)).toEqual(['live-tools']);
  expect(tree.hasLivePass).toBe(true);
});

test('commands of both passes, each once, and architectures besides the image’s own', async () => {
  const { tree } = await read({
    'config/package-lists/a.list.chroot': '! Packages Priority standard\nwine:i386 less:amd64\n',
    'config/package-lists/b.list.chroot_live': '! Packages Priority standard\n! echo live-tools\n',
  });
  const place = { path: 'config/package-lists/a.list.chroot', line: 1 };
  expect(tree.commands.install).toEqual([{ command: 'Packages Priority standard', place }]);
  expect(tree.commands.live).toMatchObject([{ command: 'echo live-tools' }]);
  expect(tree).toMatchObject({ hasLivePass: true, foreign: ['i386'] });
});

test('lists for the medium stay apart from each other', async () => {
  const { tree } = await read({
    'config/package-lists/a.list': 'vim less\n',
    'config/package-lists/b.list.binary': 'nano\n! echo emacs\n',
  });
  expect(tree.poolLists).toMatchObject([
    [{ spec: 'vim' }, { spec: 'less' }],
    [{ spec: 'nano' }, { command: 'echo emacs' }],
  ]);
  expect(tree.commands.pool).toMatchObject([{ command: 'echo emacs' }]);
  expect(tree.install.map(({ spec }) => spec)).toEqual(['vim', 'less']);
});

test('includes, hooks, variables and excludes', async () => {
  const { directory, tree } = await read({
    'config/includes.chroot_before_packages/etc/a': 'a',
    'config/includes.chroot/etc/b': 'b',
    'config/includes.binary/c': 'c',
    'config/bootloaders/grub-pc/grub.cfg': 'd',
    'config/hooks/normal/0100-own.hook.chroot': '#!/bin/sh\n',
    'config/hooks/live/0010-disable-kexec-tools.hook.chroot': stock('live/0010-disable-kexec-tools.hook.chroot'),
    'config/hooks/normal/9999-gone.hook.chroot': stock('normal/9999-gone.hook.chroot'),
    'config/environment': 'A=1\nB=1\n',
    'config/environment.chroot': 'B=2',
    'config/rootfs/excludes': 'boot/*\n',
  });
  expect(tree.includesBefore.map(({ name }) => name)).toEqual(['includes.chroot_before_packages']);
  expect(tree.includesAfter).toMatchObject([
    { name: 'includes.chroot', directory: `${directory}/config/includes.chroot` },
  ]);
  expect(tree.includesBinary?.path).toBe(`${directory}/config/includes.binary`);
  expect(tree.bootloaders?.path).toBe(`${directory}/config/bootloaders`);
  expect(tree.hooks.map(({ name }) => name)).toEqual([
    ...['normal/0100-own.hook.chroot', 'live/0010-disable-kexec-tools.hook.chroot'],
  ]);
  expect(tree.environment).toEqual({ A: '1', B: '2' });
  expect(await tree.excludes()).toBe('boot/*\n');
  expect(tree.warnings).toEqual([
    {
      message: expect.stringContaining('The hook is left out'),
      place: { path: 'config/hooks/normal/9999-gone.hook.chroot' },
    },
  ]);
});

test('of a live-build that the tree brings along, it is said what counts', async () => {
  const { tree } = await read({ 'local/live-build/scripts/build/binary_iso': '#!/bin/sh\n' });
  expect(tree.warnings).toMatchObject([
    { place: { path: 'local/live-build' }, message: expect.stringMatching(/only the hooks/) },
  ]);
});

test('a container hook runs in the root, after the others', async () => {
  const files = {
    'config/hooks/live/0100-a.hook.container': '#!/bin/sh\n',
    'config/hooks/normal/9999-b.hook.chroot': '#!/bin/sh\n',
  };
  const { tree } = await read(files);
  expect(tree.hooks.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    ...['normal/9999-b.hook.chroot chroot', 'live/0100-a.hook.container container'],
  ]);
});

test('files for an installer are told where there is none, or where it does not look there', async () => {
  const onMedium = ['config/packages.binary/a_1_all.deb', 'config/debian-installer/udeb_exclude'];
  const others = ['config/preseed/a.cfg.installer', 'config/debian-installer/b.cfg', 'config/includes.installer'];
  const files = Object.fromEntries(
    [...onMedium, ...others.slice(0, 2), 'config/includes.installer/x', 'config/preseed/c.cfg'].map((path) => [
      path,
      'x\n',
    ]),
  );
  const told = async (installer: string) => {
    const { tree } = await read({ ...files, 'config/binary': `LB_DEBIAN_INSTALLER="${installer}"\n` });
    return tree.warnings.map(({ place }) => place?.path);
  };
  expect((await told('none')).toSorted()).toEqual([...onMedium, ...others].toSorted());
  expect(await told('netinst')).toEqual(onMedium);
  expect(await told('live')).toEqual([]);
});

test('a source hook runs with --source, and without there is a word about it', async () => {
  const path = 'config/hooks/normal/0100-a.hook.source';
  const { tree } = await read({ [path]: '#!/bin/sh\n', 'config/source': 'LB_SOURCE="false"\n' });
  expect(tree.sourceHooks.map(({ name }) => name)).toEqual(['normal/0100-a.hook.source']);
  expect(tree.warnings).toEqual([{ message: expect.stringContaining('--source false'), place: { path } }]);
  const { tree: wanted } = await read({ [path]: '#!/bin/sh\n', 'config/source': 'LB_SOURCE="true"\n' });
  expect(wanted.warnings).toEqual([]);
});
