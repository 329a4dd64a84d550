import type { RootTree } from '../rootTree.ts';

export const hddFileSystems = ['fat16', 'fat32', 'ext2', 'ext3', 'ext4', 'btrfs', 'ntfs'] as const;
export type HddFileSystem = (typeof hddFileSystems)[number];
export type FatType = 'fat16' | 'fat32';
export type ExtType = 'ext2' | 'ext3' | 'ext4';

/** What the user wants of a disk image, in live-build's values. */
export interface HddSettings {
  readonly filesystem: HddFileSystem;
  /** Of the data partition: the file system's label and the partition's name. */
  readonly label: string;
  /** Of the whole image; undefined: as small as the files need, with a little slack. */
  readonly sizeMib: number | undefined;
  /** Where the data partition starts, in parted's units (see `parsePartitionStart`); empty: at 1 MiB. */
  readonly partitionStart: string;
  readonly biosLoader: 'syslinux' | 'grub-pc' | 'none';
  readonly efiLoader: 'grub-efi' | 'none';
}

export interface BuildHddOptions {
  /**
   * The medium's tree, the data partition's content. For UEFI it has `EFI/boot/` and `boot/grub/efi.img`, for GRUB on
   * BIOS `boot/grub/i386-pc/`, for syslinux its menu in the directory that `syslinuxDirectory` names.
   */
  readonly directory: string;
  /** A system whose files lie on the partition too; on ext alone. */
  readonly root?: RootTree;
  /** The image to write; what is there is replaced. */
  readonly output: string;
  /** An empty directory for what is only needed on the way. */
  readonly scratch: string;
  readonly settings: HddSettings;
  /** The disk's GUID, from `mediumUuid`; the ids of partitions and file systems are derived from it. */
  readonly uuid: string;
  readonly epochSeconds: number;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** A partition as a place in the image. */
export interface Extent {
  readonly startSector: number;
  readonly sectors: number;
}

export const sectorBytes = 512;
export const sectorsPerMib = (1024 * 1024) / sectorBytes;

export function isFat(filesystem: HddFileSystem): filesystem is FatType {
  return filesystem === 'fat16' || filesystem === 'fat32';
}

/** Where syslinux and its menu are on the medium: live-build's names, `syslinux` on FAT and NTFS, else `extlinux`. */
export function syslinuxDirectory(filesystem: HddFileSystem): 'syslinux' | 'boot/extlinux' {
  return isFat(filesystem) || filesystem === 'ntfs' ? 'syslinux' : 'boot/extlinux';
}
