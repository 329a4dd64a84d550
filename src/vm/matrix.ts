import type { Attach, Firmware } from './types.ts';

/** What a file is to firmware. A `tar` is to none. */
export type ImageKind = 'iso' | 'iso-hybrid' | 'hdd' | 'netboot' | 'tar';

/** What is tried with a guest. */
export type Scenario =
  /** The system comes to a login prompt. */
  | 'login'
  /** The whole medium is copied to memory. */
  | 'toram'
  /** A file written in one boot is there in the next. */
  | 'persistence'
  /** The same on an encrypted partition. */
  | 'luks'
  /** Firmware and initramfs get everything over the network, the system by NFS or HTTP. */
  | 'nfs'
  | 'http'
  /** The menu's entry starts. */
  | 'memtest'
  | 'installer';

/** One way to boot. */
export interface Boot {
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly kinds: readonly ImageKind[];
  readonly firmware: Firmware;
  readonly attach: Attach;
  readonly scenario: Scenario;
  /** The word for it and its like. */
  readonly group: string;
}

const firmwares = [
  { id: 'bios', title: 'BIOS', firmware: 'bios' },
  { id: 'uefi', title: 'UEFI Secure Boot', firmware: 'uefi-secure' },
] as const;

interface Way {
  readonly id: string;
  readonly title: string;
  readonly attach: Attach;
  readonly scenario: Scenario;
  readonly kinds: readonly ImageKind[];
}

const discs = ['iso', 'iso-hybrid'] as const;
const sticks = ['iso-hybrid', 'hdd'] as const;

/**
 * A hybrid image has one menu and one system, however it is attached: what does not depend on that is tried once, as a CD.
 */
const ways: readonly Way[] = [
  { id: 'cd', title: 'as a CD', attach: 'cd', scenario: 'login', kinds: discs },
  { id: 'disk', title: 'as a USB disk', attach: 'disk', scenario: 'login', kinds: sticks },
  { id: 'cd-toram', title: 'as a CD, to memory', attach: 'cd', scenario: 'toram', kinds: discs },
  { id: 'disk-toram', title: 'as a USB disk, to memory', attach: 'disk', scenario: 'toram', kinds: ['hdd'] },
  { id: 'persistence', title: 'as a USB disk, persistence', attach: 'disk', scenario: 'persistence', kinds: sticks },
  { id: 'luks', title: 'as a USB disk, encrypted persistence', attach: 'disk', scenario: 'luks', kinds: sticks },
  { id: 'nfs', title: 'PXE, system over NFS', attach: 'network', scenario: 'nfs', kinds: ['netboot'] },
  { id: 'http', title: 'PXE, system over HTTP', attach: 'network', scenario: 'http', kinds: ['netboot'] },
  { id: 'cd-memtest', title: 'as a CD, memory test', attach: 'cd', scenario: 'memtest', kinds: discs },
  { id: 'disk-memtest', title: 'as a USB disk, memory test', attach: 'disk', scenario: 'memtest', kinds: ['hdd'] },
  { id: 'cd-installer', title: 'as a CD, installer', attach: 'cd', scenario: 'installer', kinds: discs },
  { id: 'disk-installer', title: 'as a USB disk, installer', attach: 'disk', scenario: 'installer', kinds: ['hdd'] },
];

/** Debian's memtest86+ is not signed, so Secure Boot would refuse it: that row's firmware has none. */
function makeBoot(machine: (typeof firmwares)[number], { id, title, ...way }: Way): Boot {
  const isUnsigned = way.scenario === 'memtest' && machine.firmware === 'uefi-secure';
  const { firmware, title: name } = isUnsigned ? ({ firmware: 'uefi', title: 'UEFI' } as const) : machine;
  return { id: `${machine.id}-${id}`, title: `${name}, ${title}`, ...way, firmware, group: way.scenario };
}

/** It is another boot loader that starts the same system, so whether it does is all there is to see. Few have such a PC. */
const ia32 = { id: 'uefi-ia32', title: '32-bit UEFI', firmware: 'uefi-ia32', group: 'ia32' } as const;
const ia32Boots = ways
  .filter(({ id }) => id === 'cd' || id === 'disk')
  .map((way): Boot => ({ ...way, ...ia32, id: `${ia32.id}-${way.id}`, title: `${ia32.title}, ${way.title}` }));

/** The matrix: firmware and way of booting. */
export const boots: readonly Boot[] = [
  ...ways.flatMap((way) => firmwares.map((machine) => makeBoot(machine, way))),
  ...ia32Boots,
];

/** Words for several rows at once: `all`, and what they try. */
export const bootGroups: readonly string[] = ['all', ...new Set(boots.map(({ group }) => group))];

/** The rows that `name` stands for: a row, or a group of them. Empty where there are none of that name. */
export function findBoots(name: string): readonly Boot[] {
  return boots.filter(({ id, group }) => name === 'all' || id === name || group === name);
}
