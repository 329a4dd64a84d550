import { expect, test } from 'vitest';
import { asBuilt, findUnsupported } from './support.ts';
import { configOf, makeTree } from './tree.testing.ts';

test('a volume name that is too long is refused when an image is to be made', async () => {
  const config = await configOf(await makeTree({}), '--iso-volume ThisVolumeNameIsLongerThan32Bytes');
  expect(config.warnings).toMatchObject([{ message: expect.stringContaining('is longer than the 32 bytes') }]);
  expect(findUnsupported(config).problems).toMatchObject([{ code: 'CONFIG_VALUE' }]);
});

test.each([
  ['kali-rolling', 'kali-rolling @ISOVOLUME_TS@'],
  ['a-suite-of-seventeen-and-more', 'a-suite-of-sevent @ISOVOLUME_TS@'],
])('of %s the default volume name is shortened, with a warning', async (suite, volume) => {
  const mirrors =
    '--mode kali --mirror-bootstrap http://mirror.example/kali --mirror-binary http://mirror.example/kali';
  const written = await makeTree({ 'config/binary': `LB_ISO_VOLUME="Debian ${suite} @ISOVOLUME_TS@"\n` });
  for (const directory of [await makeTree({}), written]) {
    const config = await configOf(directory, `-d ${suite} ${mirrors}`);
    expect(config.values.isoVolume).toBe(volume);
    expect(config.warnings.map(({ message }) => message)).toEqual([
      `The default volume name "Debian ${suite} @ISOVOLUME_TS@" is longer than the 32 bytes that an ISO image has for it, so it is "${volume}".`,
    ]);
    expect(findUnsupported(config).problems).toEqual([]);
  }
  const own = await configOf(await makeTree({}), `-d ${suite} ${mirrors} --iso-volume Mine`);
  expect([own.values.isoVolume, own.warnings]).toEqual(['Mine', []]);
  const dracut = await configOf(
    await makeTree({}),
    `-d ${suite} ${mirrors} --initramfs dracut-live --bootloaders grub-pc`,
  );
  expect(dracut.values.isoVolume).toBe(volume.replaceAll(' ', '_'));
  expect(dracut.values.bootappendLive).toContain(`CDLABEL=${dracut.values.isoVolume} `);
});

test.each([
  ['', [], 0],
  ['-d sid --zsync false --debian-installer none --cache true', [], 0],
  ['-b hdd,netboot --hdd-label X', [], 0],
  ['--debian-installer live --source true', [], 0],
  ['--chroot-filesystem jffs2 --source true', ['--chroot-filesystem'], 0],
  ['--bootloaders grub-pc,grub-efi', [], 0],
  ['--bootloaders grub-legacy,grub-efi', [], 1],
  ['--memtest memtest86 --debconf-frontend readline', [], 2],
  ['--debootstrap-script sid', [], 1],
  ['--debootstrap-script /usr/share/debootstrap/scripts/sid', [], 1],
  ['--debootstrap-script ./my-script', ['--debootstrap-script'], 0],
  ['--dm-verity --interactive shell', [], 0],
  ['--interactive xnest', [], 1],
  ['--onie true --swap-file-path /swap --initramfs-compression bzip2 --initsystem none', [], 0],
  ['--cache false --apt-http-proxy http://p.example --aptitude-options --x', [], 2],
])('lb config %s', async (commandLine, options, warned) => {
  const { problems, warnings } = findUnsupported(await configOf(await makeTree({}), commandLine));
  expect(problems.map(({ data }) => data['option'])).toEqual(options);
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(options.length > 0 ? ['NOT_SUPPORTED'] : []));
  expect(warnings).toHaveLength(warned);
});

test('what is built in the place of another value is said, and only that changes', async () => {
  const words = '--memtest memtest86 --debconf-frontend dialog --bootloaders grub-legacy';
  const config = await configOf(await makeTree({}), words);
  const { values } = asBuilt(config);
  const changed = Object.entries(values).filter(([name, value]) => value !== (config.values as never)[name]);
  expect(Object.fromEntries(changed)).toEqual({
    memtest: 'memtest86+',
    debconfFrontend: 'noninteractive',
    bootloaderBios: 'grub-pc',
  });
  expect(findUnsupported(config).warnings.map(({ message }) => message)).toEqual([
    'Option "--debconf-frontend" is "dialog", and this version builds "noninteractive" instead.',
    'The boot loader that Option "--bootloaders" names is "grub-legacy", and this version builds "grub-pc" instead.',
    'Option "--memtest" is "memtest86", and this version builds "memtest86+" instead.',
  ]);
});

test('a command in a value, which live-build would run from its file, is taken as it stands, and said', async () => {
  const config = await configOf(await makeTree({}), '', { LB_ISO_VOLUME: 'Mine $(date +%F)' });
  expect(config.values.isoVolume).toBe('Mine $(date +%F)');
  expect(config.warnings).toMatchObject([
    { message: expect.stringContaining('has a command in it'), hint: expect.stringContaining('@ISOVOLUME_TS@') },
  ]);
});

test.each([
  ['in the default of an old file', 'Debian trixie $(date +%Y%m%d-%H:%M)', 'Debian trixie @ISOVOLUME_TS@', 'default'],
  ['in a name of the user’s', 'Mine $(date +%Y%m%d-%H:%M)', 'Mine @ISOVOLUME_TS@', 'file'],
])('the time as live-build 3 and 4 wrote it is today’s placeholder: %s', async (_, written, volume, kind) => {
  const file = await configOf(await makeTree({ 'config/binary': `LB_ISO_VOLUME="${written}"\n` }));
  expect([file.values.isoVolume, file.originOf('isoVolume').kind]).toEqual([volume, kind]);
  expect(file.warnings).toEqual([]);
  const environment = await configOf(await makeTree({}), '', { LB_ISO_VOLUME: written });
  expect(environment.values.isoVolume).toBe(volume);
});

test('in a file $VERSION is that of live-build', async () => {
  const { values } = await configOf(await makeTree({ 'config/binary': 'LB_ISO_PREPARER="live-build $VERSION; x"\n' }));
  expect(values.isoPreparer).toBe('live-build @LB_VERSION@; x');
});

test('a --conffile that is not there is said, and stops nothing', async () => {
  const { values, warnings } = await configOf(await makeTree({}), '--conffile own.conf --iso-volume X');
  expect([values.isoVolume, warnings.map(({ message }) => message)]).toEqual([
    'X',
    ['There is no file "own.conf" to read options from; --conffile changes nothing.'],
  ]);
});

test.each([
  ['--mode ubuntu -d noble', 'none is set to build from', '--mirror-bootstrap URL'],
  [
    '--mode ubuntu -d noble --mirror-bootstrap http://u.example/',
    'for the image to update from',
    '--mirror-binary URL',
  ],
  [
    '--mode ubuntu -d noble --mirror-bootstrap http://u.example/ --parent-mirror-binary http://v.example/',
    undefined,
    '',
  ],
])('a derivative without a mirror is refused before anything is asked: %s', async (commandLine, message, hint) => {
  const { problems } = findUnsupported(await configOf(await makeTree({}), commandLine));
  expect(problems).toEqual(
    message === undefined
      ? []
      : [
          expect.objectContaining({
            code: 'CONFIG_VALUE',
            message: expect.stringContaining(message),
            hint: `Name one with ${hint}.`,
          }),
        ],
  );
});
