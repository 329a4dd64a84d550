import type { BootGoal, VisitResult } from './bootPlan.ts';
import type { BootRun } from './bootRun.ts';
import { type CheckResult, objectToChecks } from './checks.ts';
import type { Answers } from './facts.ts';
import type { Firmware } from './types.ts';
import type { BootVerdict, Finding, GuestFacts } from './verdict.ts';

/** What a boot has shown. */
export interface Evidence {
  /** What the boot was to come to. Default: `login`. */
  readonly goal?: BootGoal;
  /** Why it stopped; absent when it came to its goal. */
  readonly finding?: Finding | undefined;
  /** Absent where nobody could log in. */
  readonly answers?: Answers | undefined;
  readonly checks?: readonly CheckResult[] | undefined;
  /** What the way of booting found wrong, or what it was to show and did. */
  readonly visit?: VisitResult | undefined;
}

/** Puts together what a boot has shown. */
export function judge(run: BootRun, evidence: Evidence): BootVerdict {
  const { goal = 'login', finding, answers, checks, visit } = evidence;
  const { firmware, attach, accel } = run.options;
  const objection =
    finding?.summary ??
    objectTo(answers?.facts, firmware) ??
    visit?.objection ??
    (checks && objectToChecks(checks)) ??
    undefined;
  const seconds = Math.round((run.milestones.find(({ name }) => name === goal)?.afterMs ?? 0) / 1000);
  return {
    verdict: objection === undefined ? 'passed' : 'failed',
    outcome: finding?.outcome ?? goal,
    summary: objection ?? praise(seconds, evidence),
    milestones: run.milestones,
    ...(answers ? { facts: answers.facts } : {}),
    failedUnits: answers?.failedUnits ?? [],
    ...(checks ? { checks } : {}),
    ...(visit?.shown ? { shown: visit.shown } : {}),
    screenshots: { ...run.screenshots },
    serialLog: run.serialLogPath,
    durationMs: run.elapsedMs,
    ...(run.qemuVersion === undefined ? {} : { qemuVersion: run.qemuVersion }),
    accel,
    firmware,
    attach,
  };
}

const goalNames: Readonly<Record<BootGoal, string>> = {
  login: 'Login prompt',
  memtest: 'Memory test',
  installer: "The installer's first question",
};

function praise(seconds: number, { goal = 'login', answers, checks, visit }: Evidence): string {
  const up = `${goalNames[goal]} after ${seconds} s`;
  if (goal !== 'login') return `${up}.`;
  if (!answers) return `${up}; nobody could log in, so nothing more is known.`;
  const { failedUnits } = answers;
  const parts = [
    up,
    ...(failedUnits.length === 0 ? [] : [`failed units: ${failedUnits.join(', ')}`]),
    ...(checks && checks.length > 0 ? [`${checks.length} ${checks.length === 1 ? 'check' : 'checks'} passed`] : []),
  ];
  return `${parts.join('; ')}.${visit?.shown ? ` ${visit.shown}` : ''}`;
}

const systemImages = new Set(['squashfs', 'ext2', 'ext3', 'ext4', 'directory']);

/** A system that runs but is not what a live system should be. Facts that are not known are not held against it. */
export function objectTo(facts: GuestFacts | undefined, firmware: Firmware): string | undefined {
  if (!facts) return undefined;
  const isLive =
    facts.commandLine === undefined || /(?:^|\s)(?:boot=live|rd\.live\.image)(?:\s|$)/.test(facts.commandLine);
  if (isLive && facts.rootType !== undefined && facts.rootType !== 'overlay') {
    return `The system runs, but its root is ${facts.rootType}, not an overlay.`;
  }
  if (isLive && facts.isRootOnSquashfs === false && !systemImages.has(facts.rootImageType ?? '')) {
    return 'The system runs, but its root does not stand on a system image.';
  }
  if (firmware === 'uefi-secure' && facts.secureBoot !== undefined && facts.secureBoot !== 'enabled') {
    return 'The system runs, but without Secure Boot.';
  }
  return undefined;
}
