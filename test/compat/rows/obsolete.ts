import { type Row, type Rows, run } from '../row.ts';

const stillKnown = ['fdisk', 'grub-splash', 'isohybrid-options', 'losetup', 'tasksel'];

/** Options that live-build refuses today, with a value that trees gave them. */
const refused: Readonly<Record<string, string>> = {
  '-p': 'gnome',
  '-f': 'minimal',
  '--bootstrap-flavour': 'minimal',
  '--packages-lists': 'standard',
  '--packages': 'vim less',
  '--sections': 'main contrib',
  '--categories': 'main',
  '--mirror-binary-backports': 'http://b.example/',
  '--mirror-chroot-backports': 'http://b.example/',
  '--parent-mirror-chroot-volatile': 'http://b.example/',
  '--mirror-binary-updates': 'http://b.example/',
  '--volatile': 'true',
  '--binary-indices': 'none',
  '--bootstrap': 'cdebootstrap',
  '--bootstrap-keyring': 'debian-archive-keyring',
  '--chroot-build': 'true',
  '--syslinux-timeout': '5',
  '--syslinux-menu': 'true',
  '--syslinux-splash': 'x.rle',
  '--syslinux-theme': 'debian',
  '--hostname': 'live',
  '--username': 'user',
  '--language': 'de',
  '--union-filesystem': 'aufs',
  '--repositories': 'live.debian.net',
  '--apt-ftp-proxy': 'http://b.example/',
  '--debconf-nowarnings': 'true',
  '--root-command': 'sudo',
  '--templates': 'x',
};

const taken = (...words: readonly string[]): Row => ({ runs: [words], differences: ['retired-options'] });

/** Options and values that live-build has given up; some of the options it still knows. */
export const obsoleteRows: Rows = {
  ...Object.fromEntries(stillKnown.map((name) => [`--${name}`, { runs: [[`--${name}`, 'x']], warns: true }])),
  ...Object.fromEntries(Object.entries(refused).map(([name, value]) => [`retired ${name}`, taken(name, value)])),
  'old words for values': taken(
    ...'-b usb-hdd --initramfs auto --bootloader grub2 --memtest disabled --security enabled'.split(' '),
  ),
  'what netboot images had': run(
    ...'--net-root-filesystem nfs --net-root-path /srv/x --net-root-server 10.0.0.1 --net-root-mountoptions a'.split(
      ' ',
    ),
    ...'--net-cow-filesystem nfs --net-cow-path /w --net-cow-server 10.0.0.2 --net-cow-mountoptions b'.split(' '),
  ),
};
