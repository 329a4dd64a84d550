import type { Accel, Attach } from './types.ts';

/** How long each part of a boot may take. */
export interface BootLimits {
  /** Power-on to the boot menu. Shim checks signatures in emulated code: a minute on a slow machine. */
  readonly menuMs: number;
  /** Leaving the menu to the kernel's first words: reading kernel and initrd through the firmware. */
  readonly kernelMs: number;
  /** A running kernel that says and shows nothing. */
  readonly silenceMs: number;
  /** Power-on to the login prompt, all attempts together. */
  readonly totalMs: number;
  /** How long a menu must stand still. */
  readonly settleMs: number;
  /** Power button to power off. */
  readonly powerOffMs: number;
}

const limits: Readonly<Record<Accel, BootLimits>> = {
  kvm: {
    menuMs: 60_000,
    kernelMs: 40_000,
    silenceMs: 90_000,
    totalMs: 360_000,
    settleMs: 1500,
    powerOffMs: 30_000,
  },
  tcg: {
    menuMs: 240_000,
    kernelMs: 150_000,
    silenceMs: 300_000,
    totalMs: 1_800_000,
    settleMs: 3000,
    powerOffMs: 45_000,
  },
};

export interface LimitsRequest {
  readonly accel: Accel;
  readonly attach: Attach;
  readonly limits?: Partial<BootLimits>;
}

/** TFTP sends one block and waits for its receipt: kernel and initrd take their time, the more so in emulated code. */
const networkFactor = 3;

export function limitsFor({ accel, attach, limits: changed }: LimitsRequest): BootLimits {
  const own = limits[accel];
  const slow = { menuMs: own.menuMs * 2, kernelMs: own.kernelMs * networkFactor };
  return { ...own, ...(attach === 'network' ? slow : {}), ...changed };
}
