import type { HostFacts } from './hostFacts.ts';
import { usualVolume } from './isoVolume.ts';
import type { Architecture } from './options/target.ts';
import type { DerivedName, LiveValues, ValueOf } from './options.ts';
import { profiles } from './profiles.ts';

export type Derivation<T> = (values: LiveValues, host: HostFacts) => T;

const usualFlavours: Readonly<Record<Architecture, readonly string[]>> = {
  amd64: ['amd64'],
  arm64: ['arm64'],
  armel: ['marvell'],
  armhf: ['armmp', 'armmp-lpae'],
  i386: ['686-pae'],
  ia64: ['itanium'],
  powerpc: ['powerpc64', 'powerpc'],
  ppc64el: ['powerpc64le'],
  riscv64: ['riscv64'],
  s390x: ['s390x'],
};

const isPc = ({ architecture }: LiveValues) => architecture === 'amd64' || architecture === 'i386';

const isUnstable = ({ parentDistributionBinary: suite }: LiveValues) => suite === 'sid' || suite === 'unstable';

/** Other modes than debian bring their own mirrors. */
const ofDebian = ({ mode }: LiveValues, mirror: string) => (mode === 'debian' ? mirror : '');

const carefulParameters = 'memtest noapic noapm nodma nomce nosmp nosplash vga=788';

function withInitramfs(parameters: string, values: LiveValues): string {
  if (values.initramfs === 'none') return parameters;
  const live = `boot=live components ${parameters}`;
  if (values.initramfs === 'live-boot') return live;
  const medium = `root=live:CDLABEL=${values.isoVolume} rd.live.dir=live rd.live.squashimg=filesystem.squashfs`;
  return `${live} rd.live.image ${medium}`;
}

function usualBiosLoader(values: LiveValues): ValueOf<'bootloaderBios'> {
  if (!isPc(values)) return '';
  return values.initramfs === 'dracut-live' && !values.binaryImages.includes('netboot') ? 'grub-pc' : 'syslinux';
}

function usualEfiLoader(values: LiveValues): ValueOf<'bootloaderEfi'> {
  // live-build leaves hdd and netboot images without it: no PC of today would start them.
  return isPc(values) || values.architecture === 'arm64' ? 'grub-efi' : '';
}

const profileOf = ({ profile }: LiveValues) => (profile === '' ? undefined : profiles[profile]);

/** A level means something else to each compressor. */
function usualLevel(values: LiveValues): number | undefined {
  const profile = profileOf(values);
  return profile?.type === values.chrootSquashfsCompressionType ? profile.level : undefined;
}

/**
 * The defaults that follow from other values: live-build 20250505's rules, and for mirrors the host's apt sources
 * instead of names built in. They may read each other in any order, as long as there is no circle.
 */
export const derivations: { readonly [Name in DerivedName]: Derivation<ValueOf<Name>> } = {
  architecture: (_, host) => host.architecture(),
  distributionChroot: (values) => values.distribution,
  distributionBinary: (values) => values.distributionChroot,
  parentDistributionChroot: (values) => values.parentDistribution || values.distributionChroot,
  parentDistributionBinary: (values) => values.parentDistribution || values.distributionBinary,
  parentDebianInstallerDistribution: (values) => values.parentDistribution || values.debianInstallerDistribution,
  utcTime: (_, host) => host.isReproducible,

  parentArchiveAreas: (values) => values.archiveAreas,
  mirrorBootstrap: (values, host) => ofDebian(values, host.mirrors.main),
  mirrorChroot: (values) => values.mirrorBootstrap,
  mirrorChrootSecurity: (values, host) => ofDebian(values, host.mirrors.security),
  mirrorBinary: (values, host) => ofDebian(values, host.mirrors.main),
  mirrorBinarySecurity: (values, host) => ofDebian(values, host.mirrors.security),
  mirrorDebianInstaller: (values) => values.mirrorChroot,
  parentMirrorBootstrap: (values) => ofDebian(values, values.mirrorBootstrap),
  parentMirrorChroot: (values) => values.parentMirrorBootstrap,
  parentMirrorChrootSecurity: (values) => ofDebian(values, values.mirrorChrootSecurity),
  parentMirrorBinary: (values) => ofDebian(values, values.mirrorBinary),
  parentMirrorBinarySecurity: (values) => ofDebian(values, values.mirrorBinarySecurity),
  parentMirrorDebianInstaller: (values) => values.parentMirrorChroot,
  security: (values) => !isUnstable(values),
  updates: (values) => !isUnstable(values),

  linuxFlavours: (values) => usualFlavours[values.architecture],
  initramfs: (values) => (values.system === 'live' ? 'live-boot' : 'none'),
  initsystem: (values) => (values.system === 'live' ? 'systemd' : 'none'),

  chrootSquashfsCompressionType: (values) => profileOf(values)?.type ?? '',
  chrootSquashfsCompressionLevel: usualLevel,

  bootappendLive: (values) => withInitramfs('quiet splash', values),
  bootappendLiveFailsafe: (values) => withInitramfs(carefulParameters, values),
  bootappendInstall: () => '',
  bootloaderBios: usualBiosLoader,
  bootloaderEfi: usualEfiLoader,
  loadlin: (values) => isPc(values) && values.debianInstaller !== 'none',

  checksums: (values) => (values.initramfs === 'dracut-live' ? ['md5'] : ['sha256']),
  isoVolume: usualVolume,

  // live-build names the directory in the archive by the mode, whatever this option says.
  netRootPath: ({ mode }) => `/srv/${mode}-live`,

  debianInstallerDistribution: (values) => values.distribution,
  debianInstallerPreseedfile: (_, host) => (host.hasPreseedFile ? '/preseed.cfg' : ''),
};
