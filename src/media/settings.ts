import { type ExtType, type HddFileSystem, isFat } from './hdd/types.ts';
import type { NetSettings } from './netboot/parameters.ts';

export type ImageType = 'iso' | 'iso-hybrid' | 'hdd' | 'tar' | 'netboot';

/** What the user wants of the medium: exactly what this room reads of the configuration, in live-build's values. */
export interface MediumSettings {
  /** Debian's name: `amd64`, `i386`, `arm64`. */
  readonly architecture: string;
  readonly imageType: ImageType;
  /** Of hdd and tar images: it decides on the loader, and on whether two names can be one file. */
  readonly filesystem?: HddFileSystem;
  /** What the system image is, where it is not a SquashFS. */
  readonly rootFilesystem?: ExtType | 'plain' | 'none';
  /** Of netboot images. */
  readonly net?: NetSettings;
  readonly biosLoader: 'syslinux' | 'grub-pc' | 'none';
  readonly efiLoader: 'grub-efi' | 'none';
  readonly secureBoot: 'auto' | 'enable' | 'disable';
  readonly initramfs: 'live-boot' | 'dracut-live' | 'none';
  /** In the order of `--linux-flavours`: the first is the default. */
  readonly flavours: readonly string[];
  readonly bootAppendLive: string;
  /** `none`: no fail-safe entries. */
  readonly bootAppendLiveFailsafe: string;
  readonly bootAppendInstall: string;
  readonly distribution: string;
  readonly parentDistribution: string;
  /** VERSION_ID of the target's os-release; Debian testing and sid have none. */
  readonly versionId?: string;
  /** The four ISO 9660 names; `none` or empty: leave out. `@ISOVOLUME_TS@` and `@LB_VERSION@` are replaced. */
  readonly isoVolume: string;
  readonly isoApplication: string;
  readonly isoPublisher: string;
  readonly isoPreparer: string;
  /** `--linux-packages`, for the placeholder of the same name. */
  readonly linuxPackages: string;
  readonly checksums: readonly ChecksumName[];
  readonly menu: MenuOptions;
  /** Undefined: no Debian Installer. */
  readonly installer?: InstallerSettings;
  /** Whether Memtest86+ is on the medium and in the menu. */
  readonly memtest: boolean;
  /** Livewright's version, for `@LB_VERSION@` and `@LIVE_BUILD_VERSION@`. */
  readonly livewrightVersion: string;
}

export type InstallerType = 'cdrom' | 'netinst' | 'netboot' | 'businesscard' | 'live';

export interface InstallerSettings {
  readonly type: InstallerType;
  readonly gui: boolean;
  /** The suite of the packages that the medium has for it; absent: it loads all from a mirror. */
  readonly suite?: string;
}

export const extraEntryNames = ['persistence', 'persistence-encrypted', 'toram'] as const;
export type ExtraEntryName = (typeof extraEntryNames)[number];

export interface MenuOptions {
  /** Further entries for the default kernel. */
  readonly extraEntries?: readonly ExtraEntryName[];
  /** Absent: wait for ever, as live-build. */
  readonly timeoutSeconds?: number;
  /** Identifier of an entry, see `bootMenu`; absent: the first. */
  readonly defaultEntry?: string;
  /** Absent: the menu is on the screen only. */
  readonly serial?: SerialLine;
}

export interface SerialLine {
  /** 0 is COM1, ttyS0; on ARM machines ttyAMA0. */
  readonly port: number;
  readonly speed: number;
}

/** ARM's machines have PL011 lines, and Linux its own name for them; SBSA asks servers to have one. */
export const isArm = ({ architecture }: Pick<MediumSettings, 'architecture'>): boolean =>
  architecture.startsWith('arm');

export const checksumNames = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export type ChecksumName = (typeof checksumNames)[number];

/** A kernel of the target system and where its files are on this machine. */
export interface KernelSource {
  /** What stands behind `vmlinuz-`: `6.12.0-amd64`. */
  readonly version: string;
  readonly flavour: string;
  readonly vmlinuz: string;
  readonly initrd: string;
}

/** Whether two names on the medium can be one file: not on the file systems of Windows. */
export function hasLinks({ filesystem }: Pick<MediumSettings, 'filesystem'>): boolean {
  return filesystem === undefined || !(isFat(filesystem) || filesystem === 'ntfs');
}

/** The directory of kernel, initrd and system image on the medium. */
export function liveDirectory(settings: Pick<MediumSettings, 'initramfs'>): 'live' | 'boot' {
  return settings.initramfs === 'none' ? 'boot' : 'live';
}

/** The system image on the medium, or the directory that stands for one, relative to live-boot's root. */
export function systemImagePath(settings: Pick<MediumSettings, 'initramfs' | 'rootFilesystem'>): string {
  const { rootFilesystem = 'squashfs' } = settings;
  return `${liveDirectory(settings)}/filesystem.${rootFilesystem === 'plain' ? 'dir' : rootFilesystem}`;
}
