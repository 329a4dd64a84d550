import { type Rows, run } from '../row.ts';

const images = ['iso', 'iso-hybrid', 'tar'];
const disks = ['hdd', 'netboot'];

/** Images and what is on them: boot loaders, menus, installer, names. */
export const imageRows: Rows = {
  ...Object.fromEntries(images.map((type) => [`image ${type}`, run('-b', type)])),
  ...Object.fromEntries(
    disks.map((type) => [`image ${type}`, { ...run('-b', type), differences: ['uefi-everywhere'] }]),
  ),
  'hdd on arm64': { ...run('-b', 'hdd', '-a', 'arm64'), differences: ['uefi-everywhere'] },
  'netboot on i386 without an archive': {
    ...run('-b', 'netboot', '-a', 'i386', '--net-tarball', 'false'),
    differences: ['uefi-everywhere'],
  },
  'several images': { ...run('-b', 'iso-hybrid,hdd'), differences: ['several-images'] },
  'an unknown image': run('-b', 'usb-stick'),
  'a disk': run(
    ...['-b', 'hdd', '--bootloaders', 'syslinux', '--binary-filesystem', 'ext4', '--hdd-label', 'STICK'],
    ...['--hdd-size', '2000', '--hdd-partition-start', '63s'],
  ),
  ...Object.fromEntries(
    ['fat16', 'ext2', 'ext3', 'zfs'].map((type) => [`hdd on ${type}`, run('-b', 'tar', '--binary-filesystem', type)]),
  ),
  'a label with blanks': run('--hdd-label', 'A B'),

  ...Object.fromEntries(
    ['syslinux', 'grub-pc', 'grub-legacy', 'grub-efi', 'grub-pc,grub-efi', 'syslinux grub-efi', 'none', 'lilo'].map(
      (loaders) => [`boot loaders ${loaders}`, run('--bootloaders', loaders)],
    ),
  ),
  'two loaders for BIOS': run('--bootloaders', 'syslinux grub-pc'),
  'grub-efi twice': run('--bootloaders', 'grub-efi grub-efi'),
  'GRUB on hdd': { ...run('-b', 'hdd', '--bootloaders', 'grub-efi'), differences: ['grub-on-disks'] },
  'GRUB for BIOS on netboot': run('-b', 'netboot', '--bootloaders', 'grub-pc'),
  'loaders that follow the architecture': run('-a', 's390x', '-b', 'tar'),
  ...Object.fromEntries(
    ['auto', 'enable', 'disable', 'maybe'].map((value) => [`Secure Boot ${value}`, run('--uefi-secure-boot', value)]),
  ),
  ...Object.fromEntries(
    ['memtest86+', 'memtest86', 'none', 'memtest'].map((value) => [`memory test ${value}`, run('--memtest', value)]),
  ),
  'no memory test, the old way': { ...run('--memtest', 'false'), warns: true },
  'kernel parameters': run(
    '--bootappend-live',
    'boot=live  a=b',
    '--bootappend-live-failsafe',
    'none',
    '--bootappend-install',
    'c',
  ),

  ...Object.fromEntries(
    ['cdrom', 'netinst', 'netboot', 'businesscard', 'live', 'none', 'full'].map((value) => [
      `installer ${value}`,
      run('--debian-installer', value),
    ]),
  ),
  'no installer, the old way': { ...run('--debian-installer', 'false'), warns: true },
  'an installer, the old way': { ...run('--debian-installer', 'true'), warns: true },
  'an installer of another suite': run('--debian-installer', 'live', '--debian-installer-distribution', 'daily'),
  'an installer of the parent': run('--debian-installer', 'live', '--parent-debian-installer-distribution', 'sid'),
  'an installer without checksums': run('--debian-installer', 'live', '--checksums', 'none'),
  'an installer on arm64': run('--debian-installer', 'netinst', '-a', 'arm64'),
  'a preseed file': {
    ...run('--debian-installer', 'live'),
    files: { 'config/debian-installer/preseed.cfg': '' },
    differences: ['preseed-path'],
  },
  'a preseed file by URL': run(
    '--debian-installer',
    'netboot',
    '-b',
    'tar',
    '--debian-installer-preseedfile',
    'http://p.example/p.cfg',
  ),
  'a named preseed file': run('--debian-installer', 'live', '--debian-installer-preseedfile', 'own.cfg'),
  'the preseed file after several runs': {
    runs: [['--debian-installer-preseedfile', 'own.cfg'], [], []],
    differences: ['preseed-path'],
  },

  ...Object.fromEntries(
    ['md5', 'sha1', 'md5 sha512', 'none', 'crc'].map((value) => [`checksums ${value}`, run('--checksums', value)]),
  ),
  'checksums with commas': { ...run('--checksums', 'md5,sha256'), differences: ['lists-with-commas'] },
  ...Object.fromEntries(['gzip', 'xz', 'zip'].map((value) => [`compression ${value}`, run('--compression', value)])),
  'names on the medium': run(
    ...['--iso-application', "It's plain; #1 (one)", '--iso-preparer', 'me @LB_VERSION@', '--iso-publisher', 'none'],
    ...['--iso-volume', 'D @ISOVOLUME_TS@', '--image-name', 'my-live'],
  ),
  'a volume name that is too long': { ...run('--iso-volume', 'x'.repeat(33)), warns: true },
  'a publisher that is too long': { ...run('--iso-publisher', 'x'.repeat(129)), warns: true },
  'characters that mean something to sh': {
    ...run('--iso-application', 'a "b" $c `d` \\e'),
    differences: ['quoting'],
  },
  ONIE: run('--onie', 'true', '--onie-kernel-cmdline', 'console=ttyS0'),
  'sources on several media': {
    ...run('--source', 'true', '--source-images', 'iso,tar'),
    differences: ['lists-with-commas'],
  },
};
