import { type BootLoader, editAndBoot, type KeyboardPace, waitForMenu } from './bootMenu.ts';
import type { BootGoal, BootPlan } from './bootPlan.ts';
import type { BootRun } from './bootRun.ts';
import type { BootLimits } from './limits.ts';
import { serialLineOf } from './qemu.ts';
import type { GuestArchitecture } from './types.ts';
import type { Finding } from './verdict.ts';
import { findLoaderFailure, readTextIfAny, type Waited, waitFor } from './waiting.ts';

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

/** What is added to the command line of what the boot is to come to. */
function parametersFor({ goal, append }: BootPlan, architecture: GuestArchitecture): string {
  const line = serialLineOf(architecture);
  const own = {
    login: serialArguments(architecture),
    // Memtest86+ 6 and newer knows no other form.
    memtest: `console=${line},115200`,
    installer: `console=tty0 console=${line},115200n8`,
  }[goal];
  return append ? `${append} ${own}` : own;
}

/** Brings what was chosen in the menu to speak. Returns what went wrong, or undefined once it speaks. */
export async function startFromMenu(run: BootRun, limits: BootLimits, plan: BootPlan): Promise<Finding | undefined> {
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
    if ('timedOut' in menu) return noMenu(run, limits);
    if (menu.value === 'kernel') return plan.append || plan.entry ? noTimeToEdit : undefined;
    run.reach('boot-menu', run.guest.elapsedMs());
    if (!run.screenshots.menu) await run.takeScreenshot('menu');
    const append = parametersFor(plan, run.options.architecture);
    const edited = await editAndBoot(run.guest, { append, ...attempt, loader, entry: plan.entry });
    loader = edited.loader;
    if (edited.isEntryMissing) {
      finding = noEntry;
      // A key that a busy machine lost would look the same.
      if (attempt.pace === 'slow') return finding;
      continue;
    }
    const spoken = await waitForFirstWords(run, limits, plan.goal);
    if ('value' in spoken) return undefined;
    finding = 'finding' in spoken ? spoken.finding : noKernel(limits);
    if ('finding' in spoken && finding.outcome !== 'no-kernel') return finding;
  }
  return finding;
}

/** A login prompt will do as well: systemd may have given one where our words did not reach the kernel. */
async function waitForFirstWords(run: BootRun, limits: BootLimits, goal: BootGoal): Promise<Waited<true>> {
  const from = run.guest.console.text.length;
  return waitFor(run.guest, {
    ...run.signalOption,
    // The installer's entry is quiet: its first word is its first question.
    timeoutMs: goal === 'installer' ? limits.kernelMs * 2 : limits.kernelMs,
    look: async () => {
      if (goal === 'memtest') return (await seesMemtest(run, from)) ? true : undefined;
      const isThere = run.reached.has('login') || run.reached.has(goal);
      return isThere || /Linux version \d/.test(run.output) ? true : undefined;
    },
    failure: () => findLoaderFailure(run.guest, run.fromOffset),
  });
}

/**
 * Memtest86+ writes its name and version in the corner of its screen, and the same on the serial line. A menu may have the
 * same words, but not in the corner, and not after it has been left.
 */
export const memtestHead = /(?:^|[\r\n]) *Memtest86\+? +v?\d+\.\d+/;

async function seesMemtest(run: BootRun, from: number): Promise<boolean> {
  const { guest } = run;
  const corner = (await readTextIfAny(guest)).split('\n')[0] ?? '';
  const isSeen = memtestHead.test(guest.console.text.slice(from)) || memtestHead.test(corner);
  if (isSeen) run.reach('memtest', run.guest.elapsedMs());
  return isSeen;
}

function noMenu({ options }: BootRun, { menuMs }: BootLimits): Finding {
  const seconds = Math.round(menuMs / 1000);
  if (options.attach === 'network') {
    return { outcome: 'network', summary: `No boot menu came over the network within ${seconds} s.` };
  }
  return { outcome: 'no-boot-loader', summary: `No boot menu came up within ${seconds} s.` };
}

const noTimeToEdit: Finding = {
  outcome: 'no-boot-loader',
  summary: 'The image starts by itself, too soon for its menu to be edited.',
};

const noEntry: Finding = { outcome: 'no-kernel', summary: 'The boot menu has no such entry.' };

function noKernel({ kernelMs }: BootLimits): Finding {
  const seconds = Math.round(kernelMs / 1000);
  return {
    outcome: 'no-kernel',
    summary: `The boot menu came up, but nothing spoke within ${seconds} s of leaving it.`,
  };
}
