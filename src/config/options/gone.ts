interface GoneOption {
  readonly why: string;
  readonly short?: string;
  /** live-build 20250505 still accepts it with a warning. */
  readonly isKnownToday?: true;
}

const inBootloaders = { why: 'put files of your own into config/bootloaders' };
const noRoot = { why: 'a build needs no root' };
const ofTheSuite = { why: 'all archives of a suite come from its mirror' };

const mirrorOptions = ['binary', 'chroot'].flatMap((phase) =>
  ['backports', 'updates', 'volatile'].flatMap((archive) =>
    ['', 'parent-'].map((parent): [string, GoneOption] => {
      const turnedOn = archive === 'backports' ? '--backports true' : '--updates true';
      return [`${parent}mirror-${phase}-${archive}`, { why: `${ofTheSuite.why}; ${turnedOn} uses them` }];
    }),
  ),
);

/** Options without a meaning today, and what there is instead. Names: the history of live-build since live-helper 1.0. */
export const goneOptions: Readonly<Record<string, GoneOption>> = {
  fdisk: { why: 'partitions are made without fdisk', isKnownToday: true },
  'grub-splash': { why: 'put a picture at config/bootloaders/splash.svg instead', isKnownToday: true },
  'isohybrid-options': { why: 'isohybrid is part of making the ISO image', isKnownToday: true },
  losetup: { why: 'no loop devices are used', isKnownToday: true },
  tasksel: { why: 'tasks are packages: put task-NAME on a package list', isKnownToday: true },
  ...Object.fromEntries(mirrorOptions),
  'apt-ftp-proxy': { why: 'archives are fetched by HTTP; see --apt-http-proxy' },
  'apt-pdiffs': { why: 'whole indices are fetched, and only when they have changed' },
  archives: { why: 'put NAME.list.chroot and NAME.key.chroot into config/archives' },
  repositories: { why: 'put NAME.list.chroot and NAME.key.chroot into config/archives', short: 'r' },
  'binary-pool': { why: 'packages of config/package-lists/*.list.binary make the pool' },
  bootstrap: { why: 'the base system is always made the same way' },
  'bootstrap-config': { why: 'the suite is named by --distribution' },
  'cdebootstrap-options': { why: 'see --debootstrap-options' },
  'debconf-nowarnings': { why: 'packages ask no questions; see --debconf-priority' },
  encryption: { why: 'encrypt what is kept on a stick with lb write --persistence --encrypt', short: 'e' },
  'exposed-root': { why: 'it was a kernel parameter, exposedroot: see --bootappend-live' },
  genisoimage: { why: 'ISO images are made by xorriso' },
  hooks: { why: 'put hooks into config/hooks/normal' },
  hostname: { why: 'write hostname=NAME into --bootappend-live' },
  includes: { why: 'put files for the medium into config/includes.binary' },
  'iso-memtest': { why: 'see --memtest' },
  language: { why: 'write locales=LOCALE into --bootappend-live', short: 'l' },
  lts: { why: 'long-term updates are in the security archive' },
  'root-command': noRoot,
  snapshot: { why: 'name a mirror of that day with --mirror-bootstrap' },
  symlinks: { why: 'links stay as packages make them; a hook can change them' },
  'syslinux-cfg': inBootloaders,
  'syslinux-menu': inBootloaders,
  'syslinux-splash': { why: 'put a picture at config/bootloaders/splash.svg instead' },
  'syslinux-theme': inBootloaders,
  templates: inBootloaders,
  'union-filesystem': { why: 'overlayfs is the union that kernels have' },
  'use-fakeroot': noRoot,
  username: { why: 'write username=NAME into --bootappend-live' },
};
