import { expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { runConfigCommand } from './command.ts';
import { resolveConfig } from './load.ts';
import { profiles } from './profiles.ts';
import { configOf, host, makeTree } from './tree.testing.ts';

async function failure(action: Promise<unknown>): Promise<LivewrightError> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof LivewrightError) return error;
  throw new Error(`expected a failure, got ${String(error)}`);
}

test('the later of environment, files, override files, command line and --conffile wins', async () => {
  const directory = await makeTree({
    'config/all': 'LB_ISO_APPLICATION="all"\nLB_ISO_PUBLISHER="all"\nLB_DISTRIBUTION=bookworm\n',
    'config/binary': 'LB_ISO_PUBLISHER="binary"\nLB_ISO_PREPARER="binary"\nLB_ISO_VOLUME="binary"\nLB_IMAGE_NAME="x"\n',
    'config/binary.amd64': 'LB_ISO_PREPARER="for amd64"\nLB_ISO_VOLUME="for amd64"\n',
    'config/binary.i386': 'LB_ISO_PREPARER="for i386"\n',
    'config/common.bookworm': 'LB_HDD_LABEL="for-bookworm"\n',
    last: 'LB_IMAGE_NAME="from-last"\n',
  });
  const env = { LB_ISO_APPLICATION: 'env', LB_MODE: 'env', LB_ISO_PUBLISHER: 'env' };
  const config = await configOf(directory, '--iso-volume=argv --image-name argv -c last', env);
  const { values } = config;
  expect([values.mode, values.isoApplication, values.isoPublisher]).toEqual(['env', 'all', 'binary']);
  expect([values.isoPreparer, values.isoVolume, values.imageName]).toEqual(['for amd64', 'argv', 'from-last']);
  expect(values.hddLabel).toBe('for-bookworm');
  expect(config.originOf('isoPreparer')).toMatchObject({ place: { path: 'config/binary.amd64', line: 1 } });
  expect(config.originOf('isoVolume')).toEqual({ kind: 'command line', spelling: '--iso-volume' });
  expect(config.originOf('mode')).toEqual({ kind: 'environment', variable: 'LB_MODE' });
  expect(config.originOf('apt')).toEqual({ kind: 'default' });
});

test('an empty value means the default', async () => {
  const directory = await makeTree({ 'config/binary': 'LB_ISO_APPLICATION=""\nLB_CHECKSUMS="md5"\n' });
  const { values } = await configOf(directory, '--checksums=');
  expect([values.isoApplication, values.checksums]).toEqual(['Debian Live', ['sha256']]);
});

const compression = ({ type, level }: (typeof profiles)['dev']) => ({
  chrootSquashfsCompressionType: type,
  chrootSquashfsCompressionLevel: level,
});

const derived: readonly (readonly [string, Record<string, unknown>])[] = [
  ['', { distribution: 'trixie', architecture: 'amd64', security: true, bootloaderBios: 'syslinux', utcTime: false }],
  [
    '-d sid',
    { parentDistributionChroot: 'sid', security: false, updates: false, isoVolume: 'Debian sid @ISOVOLUME_TS@' },
  ],
  ['--parent-distribution forky', { distributionChroot: 'trixie', parentDistributionBinary: 'forky' }],
  ['-a arm64', { linuxFlavours: ['arm64'], bootloaderBios: '', bootloaderEfi: 'grub-efi', loadlin: false }],
  ['-a armhf', { linuxFlavours: ['armmp', 'armmp-lpae'], bootloaderEfi: '' }],
  ['-b hdd', { binaryImages: ['hdd'], bootloaderBios: 'syslinux', bootloaderEfi: 'grub-efi' }],
  ['--bootloaders grub-pc,grub-efi', { bootloaderBios: 'grub-pc', bootloaderEfi: 'grub-efi' }],
  ['--bootloader syslinux', { bootloaderBios: 'syslinux', bootloaderEfi: '' }],
  ['--archive-areas main,contrib', { archiveAreas: ['main', 'contrib'], parentArchiveAreas: ['main', 'contrib'] }],
  ['--system normal', { initramfs: 'none', initsystem: 'none', bootappendLive: 'quiet splash' }],
  ['--debian-installer live', { checksums: ['sha256', 'md5'], loadlin: true }],
  ['--debian-installer live --checksums none', { checksums: ['md5'] }],
  ['--debian-installer false --memtest false', { debianInstaller: 'none', memtest: 'none' }],
  ['--cache false --cache-packages true', { cacheIndices: false, cachePackages: false, cacheStages: ['bootstrap'] }],
  ['--mode other', { mirrorBootstrap: '', parentMirrorChroot: '', mirrorBinarySecurity: '' }],
  ['', { netRootPath: '/srv/debian-live' }],
  ['--mode other', { netRootPath: '/srv/other-live' }],
  [
    '--mirror-bootstrap http://a.example/',
    { parentMirrorChroot: 'http://a.example/', mirrorBinary: host.mirrors.main },
  ],
  ['--mirror-binary=\thttp://a.example/\t', { mirrorBinary: 'http://a.example/' }],
  ['--dm-verity --chroot-squashfs-compression-level 9', { dmVerity: true, chrootSquashfsCompressionLevel: 9 }],
  ['', { profile: '', chrootSquashfsCompressionType: '', chrootSquashfsCompressionLevel: undefined }],
  ['--profile dev', compression(profiles.dev)],
  ['--profile release', compression(profiles.release)],
  ['--profile dev --chroot-squashfs-compression-level 3', compression({ ...profiles.dev, level: 3 })],
  ['--profile dev --chroot-squashfs-compression-type xz', compression({ type: 'xz', level: undefined })],
  ['--no-color', { color: 'false' }],
  [
    '--initramfs dracut-live',
    { bootloaderBios: 'grub-pc', checksums: ['md5'], isoVolume: 'Debian_trixie_@ISOVOLUME_TS@' },
  ],
];

test.each(derived)('lb config %s', async (commandLine, expected) => {
  const { values } = await configOf(await makeTree({}), commandLine);
  expect(values).toMatchObject(expected);
});

test('the preseed file is named once, and without a double slash', async () => {
  const withPreseed = { ...host, hasPreseedFile: true };
  const files = { 'config/binary': 'LB_BOOTAPPEND_INSTALL="quiet file=/cdrom/install/preseed.cfg"\n' };
  for (const [tree, expected] of [
    [{}, 'file=/cdrom/install/preseed.cfg'],
    [files, 'quiet file=/cdrom/install/preseed.cfg'],
  ] as const) {
    const { values } = await resolveConfig({ directory: await makeTree(tree), env: {}, host: withPreseed });
    expect(values.bootappendInstall).toBe(expected);
  }
});

test('what live-build froze follows, what was chosen stays', async () => {
  const directory = await makeTree({
    'config/bootstrap': [
      'LB_ARCHITECTURE="amd64"',
      'LB_DISTRIBUTION="bookworm"',
      'LB_DISTRIBUTION_CHROOT="bookworm"',
      'LB_DISTRIBUTION_BINARY="bookworm-own"',
      'LB_PARENT_DISTRIBUTION_CHROOT="bookworm"',
      'LB_PARENT_DISTRIBUTION_BINARY="bookworm-own"',
    ].join('\n'),
    'config/chroot': 'LB_SECURITY="true"\nLB_UPDATES="false"\n',
  });
  const { values } = await configOf(directory, '-d sid', { LB_SECURITY: 'true' });
  expect(values).toMatchObject({ distributionChroot: 'sid', parentDistributionChroot: 'sid' });
  expect(values).toMatchObject({ distributionBinary: 'bookworm-own', parentDistributionBinary: 'bookworm-own' });
  // Frozen by the file, so the environment has no say any more: the rule decides.
  expect(values).toMatchObject({ security: true, updates: false });
});

test('every mistake is reported, each with place and remedy', async () => {
  const directory = await makeTree({
    'config/chroot': '# one\nLB_SECURITY="yes"\n',
    'config/binary': 'LB_IMAGE_TYPE=`id`\nLB_MEMTEST="memtest68+"\n',
  });
  const error = await failure(configOf(directory, '--apt aptitdue'));
  expect(error.message.split('\n').sort()).toEqual([
    'Option "--apt" wants apt, apt-get or aptitude, not "aptitdue". Did you mean "aptitude"?',
    'config/binary:1: Expected a value in quotes, found "`". Option files are read and never run: write the value itself.',
    'config/binary:2: LB_MEMTEST wants memtest86+, memtest86 or none, not "memtest68+". Did you mean "memtest86+"?',
    'config/chroot:2: LB_SECURITY wants true or false, not "yes". Give true or false.',
  ]);
  expect(error.data['problems']).toHaveLength(4);
});

test.each([
  ['--bootloaders grub-pc,syslinux', 'one boot loader for BIOS and one for UEFI'],
  ['-b netboot --bootloaders grub-pc', 'does not start netboot images'],
  ['--checksums none,md5', '"none" or a list'],
  ['--initramfs dracut-live -b hdd', 'dracut-live does not go with'],
  ['--bootstrap-qemu-arch arm64', 'No emulator is named'],
  ['--image-name a/b', 'a file name without "/"'],
])('%s is refused', async (commandLine, message) => {
  const error = await failure(configOf(await makeTree({}), commandLine));
  expect(error.message).toContain(message);
  expect(error.exitCode).toBe(2);
  expect(error.hint).toMatch(/\.$/);
});

test('a writable layer over the network is worth a warning where there is a network', async () => {
  const warned = async (commandLine: string) =>
    (await configOf(await makeTree({}), commandLine)).warnings.map(({ message }) => message);
  const asked = '--net-cow-path /srv/cow';
  expect(await warned(`-b netboot ${asked}`)).toEqual([expect.stringContaining('cannot write to a layer on NFS')]);
  expect(await warned(asked)).toEqual([]);
});

test('what only a PC starts is worth a warning elsewhere, as in live-build', async () => {
  const warned = async (commandLine: string) =>
    (await configOf(await makeTree({}), commandLine)).warnings.map(({ message }) => message);
  const said = (option: string) => `Nothing comes of --${option}: there is no such program for arm64.`;
  expect(await warned('-a arm64 --memtest memtest86+')).toEqual([said('memtest')]);
  expect(await warned('-a arm64 --memtest none --loadlin true --win32-loader true')).toEqual([said('loadlin')]);
  expect(await warned('-a arm64 --debian-installer netinst')).toEqual([]);
  expect(await warned('-a amd64 --memtest memtest86+ --win32-loader true')).toEqual([]);
});

test('an emulator for another architecture than the image’s changes nothing, which is worth a warning', async () => {
  const warned = async (commandLine: string) =>
    (await configOf(await makeTree({}), commandLine)).warnings.map(({ message }) => message);
  const asked = '--bootstrap-qemu-arch arm64 --bootstrap-qemu-static /usr/bin/qemu-aarch64-static';
  expect(await warned(`-a amd64 ${asked}`)).toEqual([
    '--bootstrap-qemu-arch names arm64, and the image is for amd64, so it changes nothing.',
  ]);
  expect(await warned(`-a arm64 ${asked}`)).toEqual([]);
});

test('warnings: replaced values, obsolete options, stray words, unknown and renamed variables', async () => {
  const directory = await makeTree({
    'config/common': 'LB_ARCHITECTURES="i386"\nLB_PACKAGES_LISTS="x"\nMINE=1\nLB_HOSTNAME=x\nLB_UNKNOWN=1\nLH_OLD=1\n',
  });
  const config = await configOf(directory, '--memtest false --tasksel apt stray');
  expect(config.warnings.map(({ message }) => message)).toEqual([
    'The word "stray" belongs to no option and is left out.',
    'Option "--tasksel" does nothing any more: tasks are packages: put task-NAME on a package list.',
    'LB_ARCHITECTURES is now called LB_ARCHITECTURE.',
    'No option reads LB_PACKAGES_LISTS: it is now a file in config/package-lists.',
    'No option reads LB_HOSTNAME, LB_UNKNOWN, LH_OLD.',
    'Option "--memtest" "false" is an old way to say "none".',
  ]);
  expect(config.values.architecture).toBe('i386');
  expect(config.otherVariables.get('MINE')).toEqual({ value: '1', place: { path: 'config/common', line: 3 } });
});

test('what a profile chose follows another profile, and is told when it has no say', async () => {
  const directory = await makeTree({});
  await runConfigCommand({ directory, argv: ['noauto', '--profile', 'dev'], env: {}, stdout: () => {} });
  const { values } = await configOf(directory, '--profile release');
  expect(values).toMatchObject(compression(profiles.release));
  const { warnings } = await configOf(directory, '--chroot-squashfs-compression-type xz');
  expect(warnings.map(({ message }) => message)).toEqual([
    '--profile dev changes nothing, as the compression is set: "xz".',
  ]);
});
