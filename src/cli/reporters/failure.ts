import type { LivewrightEvent } from '../../events/events.ts';
import { formatPlace } from '../errorText.ts';
import { formatDuration } from './format.ts';
import { type Line, segment } from './segments.ts';
import type { Symbols } from './symbols.ts';

export type StepFailed = Extract<LivewrightEvent, { type: 'step-failed' }>;

// A screen of 24 rows still shows the whole block.
const tailLines = 12;

/**
 * The block a user reads when a step failed: which step, what went wrong, the last lines, and what to do.
 * Never cut to the width: the command and the path are there to be copied. A step that was only stopped by the failure
 * of another gets one line: the trouble is elsewhere.
 */
export function failureLines(event: StepFailed, symbols: Symbols): readonly Line[] {
  const { title, step, durationMs, error, replay, logPath } = event;
  const culprit = error.data?.['failedStep'];
  if (typeof culprit === 'string') {
    return [[segment(`${symbols.note} `, 'accent'), segment(`${title}: stopped, because ${culprit} failed`, 'dim')]];
  }
  const name = title === step ? '' : ` (${step})`;
  return [
    [],
    [
      segment(`${symbols.failed} ${title}`, 'bad'),
      segment(`${name} failed after ${formatDuration(durationMs)}`, 'dim'),
    ],
    [segment(`  ${formatPlace(error.place)}${error.message}`, 'bold'), segment(`  [${error.code}]`, 'dim')],
    ...factLine('', error.hint),
    ...tail(event.tail, symbols),
    ...factLine('Again:  ', replay),
    ...factLine('Log:    ', logPath),
    [],
  ];
}

function tail(lines: readonly string[], symbols: Symbols): readonly Line[] {
  if (lines.length === 0) return [];
  return [[], ...lines.slice(-tailLines).map((line): Line => [segment(`  ${symbols.output} ${line}`)]), []];
}

function factLine(label: string, fact: string | undefined): readonly Line[] {
  return fact === undefined ? [] : [[segment(`  ${label}`, 'dim'), segment(fact)]];
}
