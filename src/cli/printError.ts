import { type ErrorCode, errorCodes, LivewrightError } from '../errors.ts';
import { type ErrorReport, toErrorReport } from '../events/events.ts';
import { redactCredentials } from '../events/redact.ts';
import type { Environment } from './context.ts';
import { writeCrashReport } from './crashReport.ts';
import { formatError } from './errorText.ts';
import type { Output } from './reporters/reporter.ts';
import { describeSystemError } from './systemError.ts';

export interface ErrorOutlet {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The error is also the last line of JSON on standard output. */
  readonly json: boolean;
  readonly directory: string;
  readonly env: Environment;
  readonly argv: readonly string[];
}

/** Tells the user of any error in one sentence, without a stack trace; returns the exit code. Never throws. */
export function printError(error: unknown, outlet: ErrorOutlet): number {
  const { report, exitCode } = explainError(error, outlet);
  outlet.stderr.write(`${redactCredentials(formatError(report))}\n`);
  if (outlet.json)
    outlet.stdout.write(`${redactCredentials(JSON.stringify({ type: 'error', ...report, exitCode }))}\n`);
  return exitCode;
}

interface Explained {
  readonly report: ErrorReport;
  readonly exitCode: number;
}

function explainError(error: unknown, outlet: ErrorOutlet): Explained {
  const expected = findExpected(error);
  if (expected !== undefined) return { report: toErrorReport(expected), exitCode: expected.exitCode };
  const report = describeSystemError(error) ?? reportCrash(error, outlet);
  return { report, exitCode: report.code in errorCodes ? errorCodes[report.code as ErrorCode] : 1 };
}

/** The error itself, or the reason of an AbortSignal that surfaced as an AbortError with the reason as its cause. */
function findExpected(error: unknown): LivewrightError | undefined {
  if (error instanceof LivewrightError) return error;
  if (!(error instanceof Error) || error.name !== 'AbortError') return undefined;
  if (error.cause instanceof LivewrightError) return error.cause;
  return new LivewrightError('INTERRUPTED', { message: 'Interrupted.' });
}

function reportCrash(error: unknown, outlet: ErrorOutlet): ErrorReport {
  const path = writeCrashReport(error, outlet);
  const where = path === undefined ? '' : ` What is needed to find it is in ${path}.`;
  return {
    code: 'CRASH',
    message: `Livewright made a mistake of its own.${where}`,
    hint: 'Please report it and attach that file; your files are as they were.',
    data: path === undefined ? {} : { report: path },
  };
}
