import { type BootLoader, editAndBoot, type KeyboardPace, waitForMenu } from './bootMenu.ts';
import type { BootRun } from './bootRun.ts';
import type { BootLimits } from './limits.ts';
import { serialLineOf } from './qemu.ts';
import type { GuestArchitecture } from './types.ts';
import type { Finding } from './verdict.ts';
import { findLoaderFailure, type Waited, waitFor } from './waiting.ts';

/**
 * The last `console=` is the one that init and the initramfs write to, so the serial line comes last. `loglevel` undoes
 * `quiet`, and systemd names each unit that it starts, so that a boot that goes on is not taken for one that hangs.
 */
export function serialArguments(architecture: GuestArchitecture): string {
  return `console=tty0 console=${serialLineOf(architecture)},115200n8 loglevel=7 systemd.show_status=1`;
}

/**
 * Lines of GRUB's editor to try: below the `setparams` line stands an empty one, then the entry's commands, of which
 * `linux` is the first in live images. A slower repetition makes up for keys that a busy machine lost.
 */
const attempts: readonly { readonly linuxLine: number; readonly pace: KeyboardPace }[] = [
  { linuxLine: 2, pace: 'normal' },
  { linuxLine: 2, pace: 'slow' },
  { linuxLine: 1, pace: 'normal' },
  { linuxLine: 3, pace: 'normal' },
  { linuxLine: 4, pace: 'normal' },
  { linuxLine: 5, pace: 'normal' },
];

/** Brings the kernel to speak on the serial line. Returns what went wrong, or undefined once it speaks. */
export async function startKernel(run: BootRun, limits: BootLimits): Promise<Finding | undefined> {
  let loader: BootLoader | undefined;
  let finding: Finding | undefined;
  for (const attempt of attempts) {
    // Another line makes no difference to syslinux, which edits the whole command line at once.
    if (loader === 'syslinux' && attempt.linuxLine !== 2) break;
    if (finding) await run.resetGuest();
    const menu = await waitForMenu(run.guest, {
      ...run.signalOption,
      timeoutMs: limits.menuMs,
      settleMs: limits.settleMs,
      fromOffset: run.fromOffset,
      onFirmware: () => run.reach('firmware', run.guest.elapsedMs()),
    });
    if ('finding' in menu) return menu.finding;
    if ('timedOut' in menu) return noMenu(limits);
    if (menu.value === 'kernel') return undefined;
    run.reach('boot-menu', run.guest.elapsedMs());
    if (!run.screenshots.menu) await run.takeScreenshot('menu');
    loader = await editAndBoot(run.guest, { append: serialArguments(run.options.architecture), ...attempt, loader });
    const spoken = await waitForKernel(run, limits);
    if ('value' in spoken) return undefined;
    finding = 'finding' in spoken ? spoken.finding : noKernel(limits);
    if ('finding' in spoken && finding.outcome !== 'no-kernel') return finding;
  }
  return finding;
}

/** A login prompt will do as well: systemd may have given one where our words did not reach the kernel. */
async function waitForKernel(run: BootRun, limits: BootLimits): Promise<Waited<true>> {
  return waitFor(run.guest, {
    ...run.signalOption,
    timeoutMs: limits.kernelMs,
    look: () => (/Linux version \d/.test(run.output) || run.reached.has('login') ? true : undefined),
    failure: () => findLoaderFailure(run.guest, run.fromOffset),
  });
}

function noMenu({ menuMs }: BootLimits): Finding {
  const seconds = Math.round(menuMs / 1000);
  return { outcome: 'no-boot-loader', summary: `No boot menu came up within ${seconds} s.` };
}

function noKernel({ kernelMs }: BootLimits): Finding {
  const seconds = Math.round(kernelMs / 1000);
  return {
    outcome: 'no-kernel',
    summary: `The boot menu came up, but no kernel spoke within ${seconds} s of leaving it.`,
  };
}
