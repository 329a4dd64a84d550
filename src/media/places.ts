import { join } from 'node:path';
import { rootName } from './netboot/parameters.ts';
import type { MediumSettings } from './settings.ts';

/** Where the parts of a medium go. */
export interface MediumPlaces {
  /** The directory that live-boot looks at: system image, lists, `.disk`. */
  readonly root: string;
  /** The directory that boot loaders look at: kernels, menus and the loaders themselves. */
  readonly boot: string;
}

/** One directory for all; for network boots two, as live-build's: what is mounted, and what the TFTP server gives out. */
export function mediumPlaces(directory: string, { net }: Pick<MediumSettings, 'net'>): MediumPlaces {
  if (net === undefined) return { root: directory, boot: directory };
  return { root: join(directory, rootName(net)), boot: join(directory, 'tftpboot') };
}
