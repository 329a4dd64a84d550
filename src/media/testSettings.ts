import type { NetSettings } from './netboot/parameters.ts';
import type { MediumSettings } from './settings.ts';

/** live-build's defaults for amd64, for tests of this room. */
export const defaultSettings: MediumSettings = {
  architecture: 'amd64',
  imageType: 'iso-hybrid',
  biosLoader: 'syslinux',
  efiLoader: 'grub-efi',
  secureBoot: 'auto',
  initramfs: 'live-boot',
  flavours: ['amd64'],
  bootAppendLive: 'boot=live components quiet splash',
  bootAppendLiveFailsafe: 'boot=live components memtest noapic noapm nodma nomce nosmp nosplash vga=788',
  bootAppendInstall: '',
  distribution: 'trixie',
  parentDistribution: 'trixie',
  versionId: '13',
  isoVolume: 'Debian trixie @ISOVOLUME_TS@',
  isoApplication: 'Debian Live',
  isoPublisher: 'Debian Live project; https://wiki.debian.org/DebianLive; debian-live@lists.debian.org',
  isoPreparer: 'livewright @LB_VERSION@',
  linuxPackages: 'linux-image',
  checksums: ['sha256'],
  menu: {},
  memtest: false,
  livewrightVersion: '0.1.0',
};

/** live-build's defaults of where a network boot finds its root. */
export const defaultNet: NetSettings = {
  rootFilesystem: 'nfs',
  rootPath: '/srv/debian-live',
  rootServer: '192.168.1.1',
  rootMountOptions: '',
  cowFilesystem: 'nfs',
  cowPath: '',
  cowServer: '',
  cowMountOptions: '',
};

/** 5 May 2025, 12:00:00 UTC. */
export const testEpochSeconds = 1746446400;

export function kernelSource(version: string, flavour: string) {
  return { version, flavour, vmlinuz: `/boot/vmlinuz-${version}`, initrd: `/boot/initrd.img-${version}` };
}
