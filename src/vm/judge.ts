import type { BootRun } from './bootRun.ts';
import type { Answers } from './facts.ts';
import type { Firmware } from './types.ts';
import type { BootVerdict, Finding, GuestFacts } from './verdict.ts';

/** Puts together what a boot has shown. `finding` is why it stopped, absent when it came to a login prompt. */
export function judge(run: BootRun, finding: Finding | undefined, answers: Answers | undefined): BootVerdict {
  const { firmware, attach, accel } = run.options;
  const failedUnits = answers?.failedUnits ?? [];
  const objection = finding?.summary ?? objectTo(answers?.facts, firmware);
  const seconds = Math.round((run.milestones.find(({ name }) => name === 'login')?.afterMs ?? 0) / 1000);
  return {
    verdict: objection === undefined ? 'passed' : 'failed',
    outcome: finding?.outcome ?? 'login',
    summary: objection ?? praise(seconds, answers),
    milestones: run.milestones,
    ...(answers ? { facts: answers.facts } : {}),
    failedUnits,
    screenshots: { ...run.screenshots },
    serialLog: run.serialLogPath,
    durationMs: run.elapsedMs,
    accel,
    firmware,
    attach,
  };
}

function praise(seconds: number, answers: Answers | undefined): string {
  const up = `Login prompt after ${seconds} s`;
  if (!answers) return `${up}; nobody could log in, so nothing more is known.`;
  const { failedUnits } = answers;
  return failedUnits.length === 0 ? `${up}.` : `${up}; failed units: ${failedUnits.join(', ')}.`;
}

/** A system that runs but is not what a live system should be. Facts that are not known are not held against it. */
export function objectTo(facts: GuestFacts | undefined, firmware: Firmware): string | undefined {
  if (!facts) return undefined;
  if (facts.rootType !== undefined && facts.rootType !== 'overlay') {
    return `The system runs, but its root is ${facts.rootType}, not an overlay.`;
  }
  if (facts.isRootOnSquashfs === false) return 'The system runs, but its root does not stand on a SquashFS.';
  if (firmware === 'uefi-secure' && facts.secureBoot !== undefined && facts.secureBoot !== 'enabled') {
    return 'The system runs, but without Secure Boot.';
  }
  return undefined;
}
