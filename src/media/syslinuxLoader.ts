import { syslinuxDirectory } from './hdd/types.ts';
import type { MediumSettings } from './settings.ts';

/** A member of the Syslinux family: they share menus and modules, and differ in where they start from. */
export interface SyslinuxLoader {
  /** Also the name of the user's directory in `config/bootloaders`. */
  readonly name: 'isolinux' | 'syslinux' | 'extlinux' | 'pxelinux';
  /** On the medium, without a leading slash; empty: at the top. */
  readonly directory: string;
  /** Its configuration, relative to the directory. */
  readonly config: string;
  /** The program of the tools tree that starts it; those without one are installed into a boot sector later. */
  readonly program?: string;
}

const isolinux: SyslinuxLoader = {
  name: 'isolinux',
  directory: 'isolinux',
  config: 'isolinux.cfg',
  program: 'usr/lib/ISOLINUX/isolinux.bin',
};
const pxelinux: SyslinuxLoader = {
  name: 'pxelinux',
  directory: '',
  config: 'pxelinux.cfg/default',
  program: 'usr/lib/PXELINUX/pxelinux.0',
};

/** live-build's `--bootloaders syslinux` means the one that reads the medium's file system. */
export function syslinuxLoader({ imageType, filesystem }: MediumSettings): SyslinuxLoader {
  if (imageType === 'netboot') return pxelinux;
  if (imageType === 'iso' || imageType === 'iso-hybrid') return isolinux;
  const directory = syslinuxDirectory(filesystem ?? 'fat32');
  return directory === 'syslinux'
    ? { name: 'syslinux', directory, config: 'syslinux.cfg' }
    : { name: 'extlinux', directory, config: 'extlinux.conf' };
}
