import type { ErrorReport, LivewrightEvent } from '../../events/events.ts';
import { formatPlace } from '../errorText.ts';
import { failureLines } from './failure.ts';
import { formatDuration, formatSize } from './format.ts';
import { bootTitleWidth, headText, type Look, reusedLine } from './render.ts';
import { type Line, pad, type Segment, segment } from './segments.ts';
import { readyLines, requestLine } from './served.ts';
import type { Entry, ReusedRow } from './state.ts';
import { totalLines } from './totals.ts';
import { describeVerdict } from './verdict.ts';

export interface EntryContext {
  readonly width: number;
  readonly look: Look;
  /** A step has failed before, so its error need not be told again at the end of the build. */
  readonly isErrorShown: (error: ErrorReport) => boolean;
}

/** What scrolls up for an entry. Lines may be longer than the screen: the caller decides what may be cut. */
export function renderEntry(entry: Entry, context: EntryContext): readonly Line[] {
  const { symbols } = context.look;
  switch (entry.type) {
    case 'reused-row':
      return reusedLines(entry, context);
    case 'step-done':
      return [doneLine(segment(symbols.done, 'good'), entry.title, formatDuration(entry.durationMs), context.width)];
    case 'step-output':
      return [[segment(`  ${symbols.output} ${entry.line}`, 'dim')]];
    case 'step-note':
      return [[segment(`${symbols.note} `, 'accent'), segment(entry.message)]];
    case 'note':
    case 'terminal-lent':
      return [[segment(`${symbols.note} `, 'accent'), segment(entry.message)]];
    case 'stick-written':
      return stickLines(entry, symbols.done);
    case 'warning':
      return warningLines(entry, symbols.warning);
    case 'step-failed':
      return failureLines(entry, symbols);
    case 'build-done':
      return totalLines(entry, symbols);
    case 'build-failed':
      return buildFailedLines(entry, context);
    case 'boot-verdict':
      return verdictLines(entry, context);
    case 'serve-ready':
      return readyLines(entry).map((line) => [segment(line)]);
    case 'serve-request':
      return [[segment(requestLine(entry), entry.isGood ? undefined : 'warn')]];
    default:
      return [];
  }
}

function doneLine(mark: Segment, title: string, rest: string, width: number): Line {
  return [mark, segment(headText(title, rest, width))];
}

// Up to this many reused steps are told by name; more would push what matters off the screen.
const namedReused = 2;

function reusedLines(row: ReusedRow, { width, look }: EntryContext): readonly Line[] {
  if (row.steps.length > namedReused) return [reusedLine(row, look.symbols)];
  return row.steps.map(({ title }) => [segment(`${look.symbols.done}${headText(title, 'reused', width)}`, 'dim')]);
}

type Warning = Extract<LivewrightEvent, { type: 'warning' }>;

function warningLines({ message, hint, place }: Warning, mark: string): readonly Line[] {
  const first: Line = [segment(`${mark} `, 'warn'), segment(`${formatPlace(place)}${message}`, 'warn')];
  return hint === undefined ? [first] : [first, [segment(`  ${hint}`, 'dim')]];
}

type StickWritten = Extract<LivewrightEvent, { type: 'stick-written' }>;

function stickLines({ target, image, sizeBytes, sha256, partitions }: StickWritten, mark: string): readonly Line[] {
  const rest = partitions.map(({ kind, label, sizeBytes: size }) => `  ${kind} "${label}", ${formatSize(size)}`);
  return [
    [
      segment(`${mark} `, 'good'),
      segment(`${target} holds ${image}`, 'bold'),
      segment(`  ${formatSize(sizeBytes)}, read back and compared`, 'dim'),
    ],
    [segment(`  SHA-256 ${sha256}`, 'dim')],
    ...rest.map((text) => [segment(text)]),
  ];
}

type BuildFailed = Extract<LivewrightEvent, { type: 'build-failed' }>;

function buildFailedLines({ durationMs, error }: BuildFailed, context: EntryContext): readonly Line[] {
  const { symbols } = context.look;
  const last: Line = [
    segment(`${symbols.failed} `, 'bad'),
    segment(`Build stopped after ${formatDuration(durationMs)}.`, 'bold'),
  ];
  if (context.isErrorShown(error)) return [last, keptLine];
  const hint = error.hint === undefined ? [] : [[segment(`  ${error.hint}`)]];
  const told: Line = [
    segment(`  ${formatPlace(error.place)}${error.message}`, 'bold'),
    segment(`  [${error.code}]`, 'dim'),
  ];
  return [last, told, ...hint];
}

const keptLine: Line = [segment('  What is done is kept: the next lb build goes on from there.', 'dim')];

type BootVerdict = Extract<LivewrightEvent, { type: 'boot-verdict' }>;

function verdictLines({ title, verdict }: BootVerdict, { width, look }: EntryContext): readonly Line[] {
  const { isGood, summary } = describeVerdict(verdict);
  const mark = isGood ? segment(look.symbols.done, 'good') : segment(look.symbols.failed, 'bad');
  return [[mark, segment(` ${pad(title, bootTitleWidth(width))}`), segment(`  ${summary}`, isGood ? 'dim' : 'bold')]];
}
