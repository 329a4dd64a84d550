import { expect, test } from 'vitest';
import { findStrayFiles } from './strayFiles.ts';
import { makeTree } from './tree.testing.ts';

test.each([
  ['config/package-lists/desktop.list.chrot', 'config/package-lists/desktop.list.chroot'],
  ['config/package-lists/desktop.lst', 'config/package-lists/desktop.list'],
  ['config/hooks/normal/0100-a.hook', 'config/hooks/normal/0100-a.hook.chroot'],
  ['config/hooks/normal/0100-a.hool.chrot', 'config/hooks/normal/0100-a.hook.chroot'],
  ['config/hooks/norml/0100-a.hook.chroot', 'config/hooks/normal'],
  ['config/archives/vendor.keys', 'config/archives/vendor.key'],
  ['config/preseed/answers.cgf', 'config/preseed/answers.cfg'],
  ['config/rootfs/exclude', 'config/rootfs/excludes'],
  ['config/includes.chrot/etc/a', 'config/includes.chroot'],
  ['config/enviroment', 'config/environment'],
  ['config/apt/preference', 'config/apt/preferences'],
  ['config/bootloaders/isolinx/menu.cfg', 'config/bootloaders/isolinux'],
  ['config/bootloaders/splash.png', 'config/bootloaders/splash.svg'],
  ['config/debian-installer/preseed.cgf', 'config/debian-installer/preseed.cfg'],
])('%s: did you mean %s', async (path, meant) => {
  const [warning, ...more] = await findStrayFiles(await makeTree({ [path]: '' }));
  expect(more).toEqual([]);
  expect(warning).toMatchObject({
    message: expect.stringContaining('Nothing reads config/'),
    hint: `Did you mean ${meant}?`,
  });
  expect(path.startsWith(warning?.place?.path ?? 'x')).toBe(true);
});

test.each([
  ['config/rootfs/squashfs.sort', 'what is in it is the same'],
  ['config/build', 'set them with --architecture'],
  ['config/bootloaders/grub-efi/grub.cfg', 'config/bootloaders/grub-pc'],
  ['config/bootloaders/grub-legacy/menu.lst', 'config/bootloaders/grub-pc'],
])('%s: what to know', async (path, words) => {
  const warnings = await findStrayFiles(await makeTree({ [path]: '' }));
  expect(warnings).toMatchObject([{ hint: expect.stringContaining(words) }]);
});

test('what is read there is said where nothing is near', async () => {
  const [warning] = await findStrayFiles(await makeTree({ 'config/apt/something-else': '' }));
  expect(warning?.hint).toBe('What is read there: apt.conf preferences *.pref.');
});

test('what is read, and notes of people, are no strays', async () => {
  const paths = [
    ...['config/common', 'config/common.amd64', 'config/all', 'config/environment.chroot', 'config/README.md'],
    ...['config/apt/a.pref', 'config/archives/a.list.chroot', 'config/archives/a.sources', 'config/archives/a.deb'],
    ...['config/hooks/normal/a.chroot', 'config/hooks/live/a.container', 'config/hooks/live/.hidden'],
    ...['config/package-lists/a.list', 'config/package-lists/b.list.chroot_live', 'config/packages.chroot/a_1_all.deb'],
    ...[
      'config/preseed/a.cfg.installer',
      'config/rootfs/excludes',
      'config/tests/a.test',
      'config/includes.chroot/etc/x',
    ],
    ...[
      'config/bootloaders/grub-pc/grub.cfg',
      'config/bootloaders/syslinux_common/splash.png',
      'config/bootloaders/splash.svg',
      'config/debian-installer/udeb_exclude',
      'config/debian-installer/own.cfg',
      'config/includes/x',
      'config/chroot_local-hooks/a',
      'config/package-lists/a.list.chroot~',
    ],
  ];
  expect(await findStrayFiles(await makeTree(Object.fromEntries(paths.map((path) => [path, '']))))).toEqual([]);
  expect(await findStrayFiles(await makeTree({}))).toEqual([]);
});
