import type { CheckResult } from './checks.ts';
import type { Accel, Attach, Firmware } from './types.ts';

export type MilestoneName =
  | 'firmware'
  | 'boot-menu'
  | 'kernel'
  | 'live-medium'
  | 'system'
  | 'login'
  /** The memory test draws its screen. */
  | 'memtest'
  /** The installer asks its first question. */
  | 'installer';

export interface Milestone {
  readonly name: MilestoneName;
  /** Since power-on. */
  readonly afterMs: number;
}

/** How a boot ended. */
export type Outcome =
  /** A login prompt or a shell: the system is up. */
  | 'login'
  /** What was asked of the menu came up: the memory test, the installer. */
  | 'memtest'
  | 'installer'
  | 'panic'
  /** The initramfs gave up and offers its shell. */
  | 'initramfs'
  /** live-boot did not find the medium with the system image. */
  | 'no-medium'
  /** The medium is there, but what is on it cannot be read: cut off, damaged, or a disk that fails. */
  | 'damaged-medium'
  /** The network gave no address or no file, or its server does not answer. */
  | 'network'
  /** systemd stopped in emergency or rescue mode. */
  | 'emergency'
  /** Nothing was said or shown for too long, or the time was up. */
  | 'hang'
  /** The firmware found nothing to start or refused it. */
  | 'no-boot-loader'
  /** The boot loader ran but no kernel. */
  | 'no-kernel'
  | 'guest-powered-off'
  /** The disk or network that the way of booting needs could not be made. */
  | 'not-prepared'
  | 'qemu-failed';

export interface GuestFacts {
  readonly kernel?: string;
  readonly system?: string;
  readonly commandLine?: string;
  /** File system type of `/`. */
  readonly rootType?: string;
  /** Whether the lowest layer of the overlay on `/` is a mounted SquashFS. */
  readonly isRootOnSquashfs?: boolean;
  /** What the lowest layer of the overlay on `/` is: `squashfs`, `ext4` and the like, or `directory` of the medium. */
  readonly rootImageType?: string;
  /** File system type of what is mounted at /run/live/medium. */
  readonly liveMediumType?: string;
  /** Answer of `systemctl is-system-running`. */
  readonly systemState?: string;
  readonly secureBoot?: 'enabled' | 'disabled' | 'no-uefi';
  /** First line of `systemd-analyze`. */
  readonly startupTime?: string;
}

/** What `lb test` says about one boot. Plain JSON. Paths are absolute. */
export interface BootVerdict {
  readonly verdict: 'passed' | 'failed';
  readonly outcome: Outcome;
  /** One sentence for people. */
  readonly summary: string;
  readonly milestones: readonly Milestone[];
  /** Absent where nobody could log in. */
  readonly facts?: GuestFacts;
  readonly failedUnits: readonly string[];
  /** Of the user's own checks, in order; absent where there are none. */
  readonly checks?: readonly CheckResult[];
  /** What this way of booting was to show and did: `The file written before the power-off is there.` */
  readonly shown?: string;
  readonly screenshots: { readonly menu?: string; readonly end?: string };
  readonly serialLog: string;
  readonly durationMs: number;
  /** Absent where QEMU did not start. */
  readonly qemuVersion?: string;
  readonly accel: Accel;
  readonly firmware: Firmware;
  readonly attach: Attach;
  /** Where the way of booting takes several power-ons: the verdicts on those before this one. */
  readonly earlier?: readonly BootVerdict[];
}

/** Why a boot cannot go on. */
export interface Finding {
  readonly outcome: Outcome;
  readonly summary: string;
}
