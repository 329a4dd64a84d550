import { type Rows, run } from '../row.ts';

const architectures = ['arm64', 'armel', 'armhf', 'i386', 'ia64', 'powerpc', 'ppc64el', 'riscv64', 's390x'];
const suites = ['bookworm', 'sid', 'unstable', 'testing', 'buster'];

/** A row for each value of an option. */
function each(option: string, values: readonly string[], ...others: readonly string[]): Rows {
  return Object.fromEntries(values.map((value) => [`${option} ${value}`, run(option, value, ...others)]));
}

/** A row for each option that is true or false, set to what it is not by default. */
function toggles(value: string, ...options: readonly string[]): Rows {
  return { [`${options.length} options ${value}`]: run(...options.flatMap((option) => [`--${option}`, value])) };
}

/** Values that live-build takes as they are, and a build would stumble over. */
const unlikely: readonly (readonly [string, string])[] = [
  ['--hdd-size', 'many'],
  ['--swap-file-size', '1G'],
  ['--dm-verity-fec', '99'],
  ['--chroot-squashfs-compression-type', 'zip'],
  ['--chroot-squashfs-compression-level', 'best'],
  ['--mirror-bootstrap', 'nowhere'],
  ['--apt-http-proxy', 'nowhere'],
  ['--image-name', 'a/b'],
  ['-d', 'not a suite'],
];

/** Values, and what follows from them. */
export const valueRows: Rows = {
  'blanks around values': {
    ...run(
      '--mirror-binary',
      ' http://mirror.example/debian/ ',
      '--apt-options',
      ' --yes',
      '--cache-stages',
      'bootstrap,',
    ),
    files: { 'config/bootstrap': 'LB_MIRROR_CHROOT_SECURITY="\thttp://security.example/debian-security"\n' },
    differences: ['blanks'],
  },
  ...each('--architecture', architectures),
  'an unknown architecture': run('-a', 'mips'),
  ...each('-d', suites),
  'suites one by one': run('--distribution-chroot', 'bookworm', '--distribution-binary', 'sid'),
  'a chroot suite': run('--distribution-chroot', 'sid'),
  ...each('--mode', ['debian', 'ubuntu']),
  'a derivative without mirrors': {
    ...run('--mode', 'kali', '-d', 'kali-rolling'),
    ...{ isBare: true, warns: true, differences: ['short-volume'] },
  },
  'a suite with a long name': { ...run('-d', 'my-own-rolling-suite'), warns: true, differences: ['short-volume'] },
  'a derivative with mirrors': {
    ...run(
      '--mode',
      'ubuntu',
      '-d',
      'noble',
      '--mirror-bootstrap',
      'http://u.example/',
      '--parent-mirror-binary',
      'http://v.example/',
    ),
    isBare: true,
  },
  'a parent distribution': run(
    '--parent-distribution',
    'bookworm',
    '--parent-archive-areas',
    'main contrib',
    '-m',
    'http://p.example/',
  ),
  'parent suites one by one': run('--parent-distribution-chroot', 'forky', '--parent-distribution-binary', 'sid'),
  'a mirror for all': run('--mirror-bootstrap', 'http://a.example/debian'),
  'a mirror of the chroot': run(
    '--mirror-chroot',
    'http://a.example/',
    '--mirror-chroot-security',
    'http://s.example/',
  ),
  'mirrors of the image': run('--mirror-binary', 'http://a.example/', '--mirror-binary-security', 'http://s.example/'),
  'parent mirrors': run(
    ...['--parent-mirror-chroot', 'http://c.example/', '--parent-mirror-chroot-security', 'http://d.example/'],
    ...['--parent-mirror-binary', 'http://e.example/', '--parent-mirror-binary-security', 'http://f.example/'],
  ),
  'installer mirrors': run(
    '--mirror-debian-installer',
    'http://i.example/',
    '--parent-mirror-debian-installer',
    'http://j.example/',
  ),
  'areas with commas': run(
    '--archive-areas',
    'main,contrib,non-free-firmware',
    '--parent-archive-areas',
    'main non-free',
  ),

  ...toggles(
    'true',
    'backports',
    'proposed-updates',
    'source',
    'zsync',
    'onie',
    'utc-time',
    'cache-indices',
    'loadlin',
    'win32-loader',
  ),
  ...toggles(
    'false',
    'security',
    'updates',
    'apt-recommends',
    'apt-secure',
    'apt-source-archives',
    'apt-indices',
    'cache-packages',
  ),
  ...toggles('false ', 'security'),
  ...toggles('yes', 'security'),
  ...toggles('no', 'net-tarball'),
  'more options false': run(
    ...['--firmware-binary', 'false', '--firmware-chroot', 'false', '--debian-installer-gui', 'false'],
    ...['--net-tarball', 'false', '--build-with-chroot', 'false'],
  ),
  'security on sid': run('-d', 'sid', '--security', 'true', '--updates', 'true'),
  'no cache': run('--cache', 'false', '--cache-stages', 'rootfs', '--cache-indices', 'true'),
  'cached stages': run('--cache-stages', 'bootstrap,chroot rootfs'),
  'a stage that there is not': { ...run('--cache-stages', 'false'), warns: true },

  ...each('--apt', ['apt', 'apt-get', 'aptitude', 'dpkg']),
  'options for programs': run(
    ...['--apt-options', '--yes -o A::B=1 -o C::D=2', '--aptitude-options', '-q', '--gzip-options', '-9 --rsyncable'],
    ...[
      '--debootstrap-options',
      '--variant=minbase --include=apt,gnupg',
      '--debootstrap-script',
      '/x/y',
      '--apt-pipeline',
      '5',
    ],
  ),
  'a proxy': run('--apt-http-proxy', 'http://proxy.example:3142/'),
  ...each('--debconf-frontend', ['readline', 'gtk']),
  ...each('--debconf-priority', ['low', 'urgent']),
  ...each('--keyring-packages', ['debian-archive-keyring kali-archive-keyring']),

  ...each('--system', ['live', 'normal', 'other']),
  ...each('--initramfs', ['live-boot', 'none', 'dracut-live', 'tiny']),
  ...each('--initramfs-compression', ['bzip2', 'lzma', 'xz']),
  ...each('--initsystem', ['sysvinit', 'systemd', 'none', 'upstart']),
  'dracut for netboot': {
    ...run('--initramfs', 'dracut-live', '-b', 'netboot', '--checksums', 'none'),
    differences: ['uefi-everywhere'],
  },
  'dracut with a volume': run('--initramfs', 'dracut-live', '--iso-volume', 'My Live', '--bootappend-live', 'a b'),
  'dracut and grub-legacy': run('--initramfs', 'dracut-live', '--bootloaders', 'grub-legacy'),
  'dracut and sha256': run('--initramfs', 'dracut-live', '--checksums', 'sha256'),
  'dracut for hdd': run('--initramfs', 'dracut-live', '-b', 'hdd'),
  ...each('--linux-flavours', ['rt-amd64 cloud-amd64', 'amd64:amd64 686-pae:i386']),
  ...each('--linux-packages', ['linux-image linux-headers', 'none']),
  ...each('--chroot-filesystem', ['ext4', 'plain', 'none', 'jffs2', 'xfs']),
  'squashfs settings': run(
    '--chroot-squashfs-compression-type',
    'xz -Xbcj x86',
    '--chroot-squashfs-compression-level',
    '9',
  ),
  ...each('--interactive', ['true', 'shell', 'x11', 'xnest', 'sometimes']),
  'dm-verity': run('--dm-verity', '--dm-verity-fec', '4', '--dm-verity-sign', 'sign.sh --key k'),
  'a swap file': run('--swap-file-path', '/swap', '--swap-file-size', '1024', '--jffs2-eraseblock', '128'),
  'a foreign bootstrap': {
    ...run('--bootstrap-qemu-arch', 'arm64', '--bootstrap-qemu-static', '/bin/sh', '--bootstrap-qemu-exclude', 'a b'),
  },
  'a foreign bootstrap by an emulator that there is not': {
    ...run('--bootstrap-qemu-arch', 'arm64', '--bootstrap-qemu-static', '/nowhere'),
    differences: ['emulator'],
  },
  ...Object.fromEntries(
    unlikely.map((words) => [words.join(' '), { ...run(...words), differences: ['checked-values'] }]),
  ),
  'a foreign bootstrap without an emulator': run('--bootstrap-qemu-arch', 'arm64'),
};
