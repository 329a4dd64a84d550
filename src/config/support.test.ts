import { expect, test } from 'vitest';
import { findUnsupported } from './support.ts';
import { configOf, makeTree } from './tree.testing.ts';

test('a volume name that is too long is refused when an image is to be made', async () => {
  const config = await configOf(await makeTree({}), '--iso-volume ThisVolumeNameIsLongerThan32Bytes');
  expect(config.warnings).toMatchObject([{ message: expect.stringContaining('is longer than the 32 bytes') }]);
  expect(findUnsupported(config).problems).toMatchObject([{ code: 'CONFIG_VALUE' }]);
});

test.each([
  ['', [], 0],
  ['-d sid --zsync false --debian-installer none --cache true', [], 0],
  ['-b hdd,netboot --hdd-label X', [], 0],
  ['--debian-installer live', ['--debian-installer'], 0],
  ['--chroot-filesystem jffs2 --memtest memtest86', ['--chroot-filesystem', '--memtest'], 0],
  ['--bootloaders grub-pc,grub-efi', [], 0],
  ['--bootloaders grub-legacy,grub-efi', ['--bootloaders'], 0],
  ['--onie true --swap-file-path /swap --initramfs-compression bzip2 --initsystem none', [], 0],
  ['--cache false --apt-http-proxy http://p.example --aptitude-options --x', [], 2],
])('lb config %s', async (commandLine, options, warned) => {
  const { problems, warnings } = findUnsupported(await configOf(await makeTree({}), commandLine));
  expect(problems.map(({ data }) => data['option'])).toEqual(options);
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(options.length > 0 ? ['NOT_SUPPORTED'] : []));
  expect(warnings).toHaveLength(warned);
});
