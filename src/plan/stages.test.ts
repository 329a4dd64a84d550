import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { planBuild } from './plan.ts';
import { writeStageFiles } from './stageFiles.ts';
import { parts } from './stageParts.ts';
import { allStageFiles, sliceOf } from './stages.ts';
import { readBuildTree } from './tree.ts';

const refuse = () => {
  throw new Error('a plan asks nobody');
};

async function planOf(commandLine = '') {
  const directory = await makeTree({
    'config/package-lists/a.list.chroot_live': 'live-tools\n',
    'config/includes.chroot/b': '',
    'config/hooks/live/0100-b.hook.chroot': '#!/bin/sh\n',
    'config/hooks/normal/0100-a.hook.chroot': '#!/bin/sh\n',
    'config/hooks/normal/0100-c.hook.binary': '#!/bin/sh\n',
  });
  const config = await configOf(directory, `-d trixie -a amd64 ${commandLine}`);
  const plan = planBuild({
    config,
    tree: await readBuildTree({ directory, config, env: {} }),
    toolsMirror: 'http://mirror.example/debian/',
    downloader: refuse as never,
    keys: refuse,
    epochSeconds: undefined,
    proxy: {},
    version: '1',
  });
  const targets = (line: string) => {
    const [command = '', ...words] = line.split(' ');
    return sliceOf({ command, words, plan, values: config.values }).targets.map(({ name }) => name);
  };
  return { plan, values: config.values, targets };
}

test.each([
  ['bootstrap', ['bootstrap']],
  ['bootstrap_debootstrap', ['bootstrap']],
  ['chroot', ['apt', 'listings']],
  ['chroot_package-lists install', ['resolve']],
  ['chroot_install-packages', ['packages:install', 'packages:live']],
  ['chroot_install-packages live', ['packages:live']],
  ['chroot_includes_before_packages', []],
  ['chroot_includes_after_packages', ['includes:includes.chroot']],
  ['chroot_hooks', ['hook:normal/0100-a.hook.chroot', 'hook:live/0100-b.hook.chroot']],
  ['chroot_hacks', ['initrd']],
  ['chroot_prep install all', []],
  ['chroot_proc remove', []],
  ['installer', []],
  ['binary_rootfs', ['rootfs']],
  ['binary_syslinux', ['lay-out:iso-hybrid']],
  ['binary_hooks', ['hook:iso-hybrid:normal/0100-c.hook.binary']],
  ['binary_checksums', ['medium:iso-hybrid']],
  ['binary_iso', ['image:iso-hybrid']],
  ['binary_hdd', []],
  ['binary_zsync', []],
  ['source', []],
  ['source_iso', []],
])('lb %s is the build as far as %j', async (line, expected) => {
  expect((await planOf()).targets(line)).toEqual(expected);
});

// The programs of /usr/lib/live/build in live-build 20250505, and 20230502's bootstrap_archives.
const ofLiveBuild = {
  bootstrap: 'archives cache debootstrap',
  chroot:
    'apt archives cache debianchroot devpts dpkg firmware hacks hooks hostname hosts includes_after_packages ' +
    'includes_before_packages install-packages interactive linux-image package-lists prep preseed proc resolv selinuxfs ' +
    'sysfs sysv-rc tmpfs',
  installer: 'chroot debian-installer preseed',
  binary:
    'bootloader_splash checksums chroot disk dm-verity grub-efi grub-legacy grub-pc grub_cfg hdd hooks includes iso ' +
    'linux-image loadlin manifest memtest netboot onie package-lists rootfs syslinux tar win32-loader zsync',
  source: 'checksums debian disk hdd hooks iso live tar',
};

test('every command that live-build’s stages consist of is there', () => {
  const names = Object.entries(ofLiveBuild).flatMap(([stage, list]) =>
    list.split(' ').map((name) => `${stage}_${name}`),
  );
  expect(parts.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
});

test('the stage binary is all of the build', async () => {
  const { plan, targets } = await planOf('-b hdd,iso --zsync true --debian-installer netinst');
  expect(targets('binary')).toEqual(plan.targets.map(({ name }) => name));
  expect(targets('binary_hdd')).toEqual(['image:hdd']);
  expect(targets('binary_zsync')).toEqual(['zsync:iso']);
  expect(targets('installer')).toEqual(['installer']);
});

test('a command without anything to do says why', async () => {
  const { plan, values } = await planOf();
  for (const { name } of parts) {
    const { targets, reason } = sliceOf({ command: name, words: [], plan, values });
    if (targets.length === 0) expect(reason).toMatch(/^[A-Z"].*\.$/);
  }
});

// As `ls .build` shows them after `lb build` of live-build 20230502 with the same options, which knows no
// binary_bootloader_splash, and also leaves bootstrap_archives (of its own time), chroot_debianchroot and config.
test('the stage files of a build are live-build’s', async () => {
  const { plan, values } = await planOf('--firmware-chroot false');
  expect(allStageFiles(plan, values).sort()).toEqual([
    ...['binary_bootloader_splash', 'binary_checksums', 'binary_chroot', 'binary_disk', 'binary_dm-verity'],
    ...['binary_grub-efi', 'binary_grub_cfg', 'binary_hooks', 'binary_includes', 'binary_iso', 'binary_linux-image'],
    ...['binary_manifest', 'binary_package-lists', 'binary_rootfs', 'binary_syslinux', 'bootstrap'],
    ...['bootstrap_cache.save', 'chroot_hacks', 'chroot_hooks', 'chroot_includes_after_packages'],
    ...['chroot_includes_before_packages', 'chroot_install-packages.install', 'chroot_install-packages.live'],
    ...['chroot_linux-image', 'chroot_package-lists.install', 'chroot_package-lists.live', 'chroot_preseed'],
  ]);
});

test('stage files are empty, and one that is there stays as it is', async () => {
  const directory = await tempDirectory();
  await mkdir(join(directory, '.build'));
  await writeFile(join(directory, '.build/binary_iso'), 'mine');
  await writeStageFiles(directory, ['binary_iso', 'binary_hooks']);
  expect((await readdir(join(directory, '.build'))).sort()).toEqual(['binary_hooks', 'binary_iso']);
});
