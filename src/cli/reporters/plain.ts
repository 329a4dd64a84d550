import type { LivewrightEvent } from '../../events/events.ts';
import { redactEvent } from '../../events/redact.ts';
import { renderEntry } from './entries.ts';
import { formatClock, formatCount, formatDuration, formatElapsed, formatRate } from './format.ts';
import { defaultLook } from './render.ts';
import { createErrorMemory, type Output, type Reporter } from './reporter.ts';
import { cleanText, lineText } from './segments.ts';
import { readyLines, requestLine } from './served.ts';
import { asciiSymbols } from './symbols.ts';
import { createThrottle } from './throttle.ts';
import { describeVerdict } from './verdict.ts';

export interface PlainOptions {
  readonly verbose: boolean;
  /** Only warnings and failures. */
  readonly quiet: boolean;
  readonly now?: () => Date;
}

/** The reporter for pipes, files and CI: a line per change, no control codes. Warnings and failures go to `errors`. */
export function createPlainReporter(streams: { output: Output; errors: Output }, options: PlainOptions): Reporter {
  const now = options.now ?? (() => new Date());
  const memory = createErrorMemory();
  const allowProgress = createThrottle();
  const isWanted = (event: LivewrightEvent) => {
    if (isTrouble(event)) return true;
    if (options.quiet || (event.type === 'step-output' && !options.verbose)) return false;
    return event.type !== 'step-progress' || allowProgress(event, now().getTime());
  };
  return {
    listen: (event) => {
      if (!isWanted(event)) return;
      const lines = describeEvent(redactEvent(event), memory.has);
      memory.note(event);
      const stream = isTrouble(event) ? streams.errors : streams.output;
      for (const line of lines) stream.write(`${formatClock(now())} ${cleanText(line)}`.trimEnd().concat('\n'));
    },
    close: () => {},
    hasShown: memory.has,
  };
}

function isTrouble({ type }: LivewrightEvent): boolean {
  return type === 'warning' || type === 'step-failed' || type === 'build-failed';
}

type HasShown = Reporter['hasShown'];

function describeEvent(event: LivewrightEvent, isErrorShown: HasShown): readonly string[] {
  switch (event.type) {
    case 'build-started':
      return [`Build of ${event.steps.length} steps in ${event.directory}`];
    case 'step-started':
      return [`start  ${event.step}: ${event.title}${event.reason === '' ? '' : ` (${event.reason})`}`];
    case 'step-progress':
      return [
        `       ${event.step}: ${formatCount(event.done, event.total, event.unit)}${paceOf(event)}${itemOf(event)}`,
      ];
    case 'step-output':
      return [`       ${event.step} | ${event.line}`];
    case 'step-note':
      return [`       ${event.step}: ${event.message}`];
    case 'step-reused':
      return [`reused ${event.step}: ${event.title} (${formatDuration(event.savedMs)} saved)`];
    case 'step-done':
      return [`done   ${event.step}: ${event.title} (${formatDuration(event.durationMs)})`];
    default:
      return describeOther(event, isErrorShown);
  }
}

function describeOther(event: LivewrightEvent, isErrorShown: HasShown): readonly string[] {
  switch (event.type) {
    case 'note':
    case 'terminal-lent':
      return [event.message];
    case 'boot-started':
      return [`boot   ${event.boot}: ${event.title}`];
    case 'boot-milestone':
      return [`       ${event.boot}: ${event.milestone} after ${formatDuration(event.afterMs)}`];
    case 'boot-verdict':
      return [verdictText(event)];
    case 'serve-ready':
      return readyLines(event);
    case 'serve-request':
      return [requestLine(event)];
    default:
      return entryText(event, isErrorShown);
  }
}

/** Failures and totals read the same as on a terminal. */
function entryText(event: LivewrightEvent, isErrorShown: HasShown): readonly string[] {
  const context = { width: 120, look: { ...defaultLook, symbols: asciiSymbols }, isErrorShown };
  const lines = renderEntry(event, context).map(lineText);
  return lines.filter((line) => line !== '');
}

/** `, 21 MB/s, 1 min 20 s left` */
function paceOf({ leftMs, perSecond = 0, unit }: ProgressEvent): string {
  if (leftMs === undefined) return '';
  return `, ${formatRate(perSecond, unit)}, ${formatElapsed(leftMs)} left`;
}

type ProgressEvent = Extract<LivewrightEvent, { type: 'step-progress' }>;

function itemOf({ item }: { readonly item?: string }): string {
  return item === undefined ? '' : `, ${item}`;
}

function verdictText({ boot, title, verdict }: Extract<LivewrightEvent, { type: 'boot-verdict' }>): string {
  const { isGood, summary } = describeVerdict(verdict);
  return `${isGood ? 'passed' : 'FAILED'} ${boot}: ${title} (${summary})`;
}
