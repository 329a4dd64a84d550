import type { Udeb, Udebs } from './udebs.ts';

/** What an initrd for the network is to become one for a medium with. */
export interface CdromSelection {
  /** Packages of the network's initrd that do not stay. */
  readonly removed: ReadonlySet<string>;
  /** Packages to be added, in the order of their names. */
  readonly added: readonly Udeb[];
}

/** They fetch the installer's parts from a mirror, each with an entry in the installer's menu. */
const onlyForNetwork = ['choose-mirror', 'download-installer', 'net-retriever'];

/** They find the medium and load the installer's parts from it. */
const forMedium = ['cdrom-detect', 'cdrom-retriever', 'load-cdrom', 'cdrom-checker'];

/** Modules that the medium may need before anything can be loaded from it, and those for a system image on it. */
const modulesForMedium = [
  ...['cdrom-core', 'isofs', 'udf', 'ata', 'pata', 'sata', 'scsi-core', 'scsi', 'usb', 'usb-storage', 'mmc', 'fat'],
  ...['firewire-core', 'loop', 'squashfs'],
];

const isOfKernel = (name: string): boolean => /-modules-\d|^kernel-image-\d/.test(name);

/** The same modules of another kernel: `fat-modules-6.12.1-amd64-di` -> `fat-modules-6.12.2-amd64-di`. */
const forKernel = (name: string, kernel: string): string => `${name.replace(/-\d.*$/, '')}-${kernel}-di`;

/**
 * Chooses by the packages that Debian's own initrd for the network consists of (`installed`). Its kernel gives way to
 * that of `udebs`, since what is loaded later must fit it; drivers of network cards are loaded from the medium.
 */
export function selectForCdrom(
  installed: readonly string[],
  { kernel, packages }: Pick<Udebs, 'kernel' | 'packages'>,
): CdromSelection {
  const byName = new Map(packages.map((udeb) => [udeb.name, udeb]));
  const ofKernel = installed.filter(isOfKernel);
  const modules = ofKernel
    .filter((name) => !/^nic-/.test(name))
    .map((name) => forKernel(name, kernel))
    .concat(modulesForMedium.map((name) => `${name}-modules-${kernel}-di`));
  const removed = new Set([...onlyForNetwork, ...ofKernel]);
  const kept = new Set(installed.filter((name) => !removed.has(name)));
  const added = new Map<string, Udeb>();
  const add = (name: string): void => {
    const udeb = byName.get(name);
    if (udeb === undefined || kept.has(name) || added.has(name)) return;
    added.set(name, udeb);
    for (const needed of udeb.depends) add(needed);
  };
  for (const name of [...forMedium, ...modules]) add(name);
  return { removed, added: [...added.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}
