import { mkdir } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import { startKernel } from './bootAttempts.ts';
import { BootRun } from './bootRun.ts';
import { findInSystemOutput } from './classify.ts';
import { type Answers, askForPowerOff, askGuest, type Login, openShell } from './facts.ts';
import { type Guest, type GuestRequest, pressKey, startGuest, stopGuest } from './guest.ts';
import { requireImage } from './image.ts';
import { judge } from './judge.ts';
import { type BootLimits, limitsFor } from './limits.ts';
import { waitUntilSettled } from './screens.ts';
import type { Accel, Attach, Firmware, GuestArchitecture, StartMachine } from './types.ts';
import type { BootVerdict, Finding } from './verdict.ts';
import { waitFor, watchSilence } from './waiting.ts';

export interface BootTestOptions {
  /** Names the boot in events and files: `bios-cd`. */
  readonly boot: string;
  /** For people: `BIOS, as a CD`. */
  readonly title: string;
  /** Absolute path. The file is never written to. */
  readonly imagePath: string;
  readonly architecture: GuestArchitecture;
  readonly firmware: Firmware;
  readonly attach: Attach;
  readonly accel: Accel;
  /** Default 2048. */
  readonly memoryMib?: number;
  /** Default 2. */
  readonly cpus?: number;
  /** Host path of the file system that QEMU sees as `/`: the tools tree, or `/`. */
  readonly toolsRoot: string;
  /** An empty directory with a short name, which QEMU sees under the same name and may write to. */
  readonly scratch: string;
  /** Where screenshots and the serial log stay: `BOOT-menu.png`, `BOOT-end.png`, `BOOT-serial.log`. */
  readonly outputDirectory: string;
  readonly start: StartMachine;
  readonly emit: Listener;
  /** Default: live-config's user `user` with the password `live`. */
  readonly login?: Login;
  readonly limits?: Partial<BootLimits>;
  readonly signal?: AbortSignal;
}

/**
 * Boots the image once and says how that went. A guest that fails is a verdict, not an exception; exceptions are for an
 * image that is not there (IMAGE_NOT_FOUND), firmware files that are missing (VM_FAILED) and INTERRUPTED.
 */
export async function runBootTest(options: BootTestOptions): Promise<BootVerdict> {
  await requireImage(options.imagePath);
  await mkdir(options.outputDirectory, { recursive: true });
  options.emit({ type: 'boot-started', boot: options.boot, title: options.title });
  const verdict = await bootOnce(options);
  options.emit({ type: 'boot-verdict', boot: options.boot, title: options.title, verdict });
  return verdict;
}

async function bootOnce(options: BootTestOptions): Promise<BootVerdict> {
  const { imagePath, architecture, firmware, attach, accel, memoryMib = 2048, cpus = 2 } = options;
  const run = new BootRun(options);
  const guest = await startOrExplain({
    start: options.start,
    machine: { architecture, firmware, attach, imagePath, memoryMib, cpus, accel, display: 'none' },
    toolsRoot: options.toolsRoot,
    scratch: options.scratch,
    serialLogPath: run.serialLogPath,
  });
  if ('outcome' in guest) return judge(run, guest, undefined);
  run.follow(guest);
  const limits = limitsFor(accel, options.limits);
  let isUp = false;
  try {
    const finding = (await startKernel(run, limits)) ?? (await reachLogin(run, limits));
    isUp = finding === undefined;
    const answers = isUp ? await questionGuest(run, options.login ?? { user: 'user', password: 'live' }) : undefined;
    if (isUp) await waitForPicture(run);
    await run.takeScreenshot('end');
    if (answers) askForPowerOff(guest.console);
    return judge(run, finding, answers);
  } finally {
    await stopGuest(guest, isUp ? limits.powerOffMs : 0);
  }
}

/** A QEMU that does not start is a finding about this boot; the next one may do. Missing firmware is not: it stays an error. */
async function startOrExplain(request: GuestRequest): Promise<Guest | Finding> {
  try {
    return await startGuest(request);
  } catch (error) {
    if (!(error instanceof LivewrightError) || !('stderr' in error.data)) throw error;
    return { outcome: 'qemu-failed', summary: error.message };
  }
}

/** Follows the running kernel to a login prompt; what it meets instead is returned. */
async function reachLogin(run: BootRun, limits: BootLimits): Promise<Finding | undefined> {
  const silence = watchSilence(run.guest, limits.silenceMs);
  const waited = await waitFor(run.guest, {
    timeoutMs: Math.max(0, limits.totalMs - run.guest.elapsedMs()),
    look: () => (run.reached.has('login') ? true : undefined),
    failure: async () => findInSystemOutput(run.output) ?? run.findRestart() ?? (await silence()),
    ...run.signalOption,
  });
  if ('value' in waited) return undefined;
  if ('finding' in waited) return waited.finding;
  const seconds = Math.round(limits.totalMs / 1000);
  const words = run.output.trimEnd().split('\n').at(-1)?.trim();
  return {
    outcome: 'hang',
    summary: `The guest did not come to a login prompt within ${seconds} s; its last line was: ${words}`,
  };
}

/** The serial line is often ahead of the screen, whose login may still be on its way; a blanked screen wakes on a key. */
async function waitForPicture({ guest }: BootRun): Promise<void> {
  await pressKey(guest, ['shift']);
  await waitUntilSettled(guest, { settleMs: 3000, timeoutMs: 20_000 });
}

async function questionGuest(run: BootRun, login: Login): Promise<Answers | undefined> {
  const { console } = run.guest;
  return (await openShell(console, login, run.loginOffset)) ? askGuest(console) : undefined;
}
