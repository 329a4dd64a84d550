import { mkdir } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import { startFromMenu } from './bootAttempts.ts';
import type { BootPlan, GuestShell, VisitResult } from './bootPlan.ts';
import { BootRun } from './bootRun.ts';
import { openChannel } from './channel.ts';
import { type CheckResult, runChecks } from './checks.ts';
import { explainFinding, findInSystemOutput } from './classify.ts';
import { type Answers, ask, askForPowerOff, askGuest, type Login, openShell } from './facts.ts';
import { type Guest, type GuestRequest, pressKey, startGuest, stopGuest } from './guest.ts';
import { requireImage } from './image.ts';
import { judge } from './judge.ts';
import type { NetworkLab } from './lab.ts';
import { type BootLimits, limitsFor } from './limits.ts';
import { answerPassphrase } from './passphrase.ts';
import { waitUntilSettled } from './screens.ts';
import type { Accel, Attach, Firmware, GuestArchitecture, StartMachine } from './types.ts';
import type { BootVerdict, Finding } from './verdict.ts';
import { waitFor, watchSilence } from './waiting.ts';

export interface BootTestOptions {
  /** Names the boot in events and files: `bios-cd`. */
  readonly boot: string;
  /** For people: `BIOS, as a CD`. */
  readonly title: string;
  /** Absolute path. The file is never written to, unless `isWritable`. */
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
  /** What the names of its files begin with. Default: `boot`. */
  readonly filePrefix?: string;
  /** The guest's writes stay in the file at `imagePath`, a scratch disk. */
  readonly isWritable?: boolean;
  /** Where `attach` is `network`. */
  readonly lab?: NetworkLab;
  /** Default: boot the menu's default entry to a login prompt. */
  readonly plan?: BootPlan;
}

/**
 * Boots the image once and says how that went. A guest that fails is a verdict, not an exception; exceptions are for an
 * image that is not there (IMAGE_NOT_FOUND), firmware files that are missing (VM_FAILED) and INTERRUPTED.
 */
export async function bootOnce(options: BootTestOptions): Promise<BootVerdict> {
  await requireImage(options.imagePath);
  await mkdir(options.outputDirectory, { recursive: true });
  const plan = options.plan ?? { goal: 'login' };
  const run = new BootRun(options);
  const guest = await startOrExplain(describeGuest(options, run.serialLogPath));
  if ('outcome' in guest) return judge(run, { finding: guest });
  run.follow(guest);
  const limits = limitsFor(options);
  // Whatever we wait for, a guest that is gone ends it.
  const stop = () => guest.machine.kill();
  options.signal?.addEventListener('abort', stop, { once: true });
  let isUp = false;
  try {
    const finding = (await startFromMenu(run, limits, plan)) ?? (await reachGoal(run, limits, plan));
    isUp = finding === undefined && plan.goal === 'login';
    const look = isUp ? await lookAround(run, options) : {};
    if (finding === undefined) await waitForPicture(run);
    await run.takeScreenshot('end');
    if (look.answers) askForPowerOff(guest.console);
    options.signal?.throwIfAborted();
    return judge(run, { goal: plan.goal, finding, ...look });
  } catch (error) {
    // What failed because the guest is gone is not the news.
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await stopGuest(guest, isUp ? limits.powerOffMs : 0);
  }
}

function describeGuest(options: BootTestOptions, serialLogPath: string): GuestRequest {
  const { imagePath, architecture, firmware, attach, accel, memoryMib = 2048, cpus = 2, isWritable, lab } = options;
  return {
    start: lab?.start ?? options.start,
    machine: {
      ...{ architecture, firmware, attach, imagePath, memoryMib, cpus, accel, display: 'none' },
      ...(isWritable ? { isWritable } : {}),
      ...(lab ? { netdev: lab.netdevArgs } : {}),
    },
    ...(options.plan?.checks?.length ? { hasChannel: true } : {}),
    ...(lab?.machine ? { needs: lab.machine } : {}),
    toolsRoot: options.toolsRoot,
    scratch: options.scratch,
    serialLogPath,
  };
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

/** Follows what was started to its goal; what it meets instead is returned. */
async function reachGoal(run: BootRun, limits: BootLimits, plan: BootPlan): Promise<Finding | undefined> {
  const silence = watchSilence(run.guest, limits.silenceMs);
  const stopAnswering = plan.passphrase === undefined ? () => {} : answerPassphrase(run.guest.console, plan.passphrase);
  const waited = await waitFor(run.guest, {
    timeoutMs: Math.max(0, limits.totalMs - run.guest.elapsedMs()),
    look: () => (run.reached.has(plan.goal) ? true : undefined),
    failure: async () => findInSystemOutput(run.output) ?? run.findRestart() ?? (await silence()),
    ...run.signalOption,
  });
  stopAnswering();
  if ('value' in waited) return undefined;
  if ('finding' in waited) return explainFinding(waited.finding, run.output);
  const seconds = Math.round(limits.totalMs / 1000);
  const words = run.output.trimEnd().split('\n').at(-1)?.trim();
  const hang: Finding = {
    outcome: 'hang',
    summary: `The guest did not come to a ${goalNames[plan.goal]} within ${seconds} s; its last line was: ${words}`,
  };
  return explainFinding(hang, run.output);
}

const goalNames = {
  login: 'login prompt',
  memtest: 'memory test',
  installer: 'first question of the installer',
} as const;

/** The serial line is often ahead of the screen, whose login may still be on its way; a blanked screen wakes on a key. */
async function waitForPicture({ guest }: BootRun): Promise<void> {
  await pressKey(guest, ['shift']);
  await waitUntilSettled(guest, { settleMs: 3000, timeoutMs: 20_000 });
}

interface Look {
  readonly answers?: Answers;
  readonly checks?: readonly CheckResult[];
  readonly visit?: VisitResult;
}

/** Logs in, asks the usual questions, and does what this way of booting is for. */
async function lookAround(run: BootRun, options: BootTestOptions): Promise<Look> {
  const { console, channel } = run.guest;
  const { visit, checks = [], environment = {} } = options.plan ?? {};
  const login = options.login ?? { user: 'user', password: 'live' };
  if (!(await openShell(console, login, run.loginOffset))) {
    return visit || checks.length > 0
      ? { visit: { objection: 'The system runs, but nobody could log in to look.' } }
      : {};
  }
  const answers = await askGuest(console);
  const shell: GuestShell = { ask: (command, timeoutMs) => ask(console, 'visit', command, timeoutMs) };
  const visited = await visit?.(shell, answers.facts);
  const graceMs = options.accel === 'kvm' ? 30_000 : 120_000;
  const results =
    channel && checks.length > 0
      ? await runChecks(console, openChannel(channel), { checks, environment, graceMs, ...run.signalOption })
      : undefined;
  return { answers, ...(visited ? { visit: visited } : {}), ...(results ? { checks: results } : {}) };
}
