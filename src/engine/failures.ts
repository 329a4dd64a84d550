import { LivewrightError } from '../errors.ts';
import { type ErrorReport, type LivewrightEvent, toErrorReport } from '../events/events.ts';
import { diskFull, isOutOfSpace } from '../store/disk.ts';

type StepFailed = Extract<LivewrightEvent, { readonly type: 'step-failed' }>;

/** Why steps are being stopped: the user (or the caller's signal), or the failure of another step. */
export class Stopped extends Error {
  readonly because: string | undefined;

  constructor(failedStep: string | undefined) {
    super('stopped');
    this.because = failedStep;
  }
}

/**
 * The failure of a step as it is shown: a full disk is DISK_FULL, whatever a stopped step throws is INTERRUPTED,
 * Livewright's own errors are themselves. Anything else is a mistake of the program and stays what it is.
 */
export async function explainFailure(error: unknown, signal: AbortSignal, directory: string): Promise<unknown> {
  if (signal.aborted) return interrupted(signal.reason);
  if (isOutOfSpace(error)) return diskFull(directoryOf(error) ?? directory, error);
  return error;
}

function directoryOf(error: unknown): string | undefined {
  const path = typeof error === 'object' && error && 'path' in error ? error.path : undefined;
  return typeof path === 'string' ? path.replace(/\/[^/]*$/, '') || '/' : undefined;
}

export function interrupted(reason: unknown): LivewrightError {
  const because = reason instanceof Stopped ? reason.because : undefined;
  return new LivewrightError('INTERRUPTED', {
    message: because === undefined ? 'The build was interrupted.' : `Stopped because ${because} failed.`,
    hint: 'Run the command again: it goes on where it stopped.',
    data: because === undefined ? {} : { failedStep: because },
  });
}

/** The parts of a `step-failed` event that come from the error. */
export function describeFailure(
  error: unknown,
  tail: readonly string[],
): Pick<StepFailed, 'error' | 'tail' | 'replay'> {
  const report = reportOf(error);
  const { replay, tail: programTail } = report.data ?? {};
  return {
    error: report,
    tail: tail.length > 0 ? [...tail] : stringsIn(programTail),
    ...(typeof replay === 'string' ? { replay } : {}),
  };
}

function reportOf(error: unknown): ErrorReport {
  if (error instanceof LivewrightError) return toErrorReport(error);
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string') : [];
}
