import { formatCount, formatDuration, formatElapsed, formatRate, plural } from './format.ts';
import { type Line, lineWidth, pad, type Segment, segment, truncate } from './segments.ts';
import { measureRate, type Progress, type ReusedRow, type Running, type State } from './state.ts';
import { type Symbols, unicodeSymbols } from './symbols.ts';

export interface Look {
  readonly symbols: Symbols;
  /** Rows that the live part may take at most. */
  readonly rows: number;
}

export const defaultLook: Look = { symbols: unicodeSymbols, rows: 20 };

/** The live part of the screen at `now`: reused steps not yet scrolled up, one line per running step, the sum. Pure. */
export function render(state: State, width: number, now: number, look: Look = defaultLook): readonly Line[] {
  if (state.running.length === 0 && state.reused.steps.length === 0) return [];
  const reused = state.reused.steps.length > 0 ? [reusedLine(state.reused, look.symbols)] : [];
  const room = Math.max(1, look.rows - reused.length - 2);
  const shown = state.running.slice(0, room).map((running) => runningLine(running, { width, now, look }));
  const hidden = state.running.length - shown.length;
  const more = hidden > 0 ? [[segment(`  and ${hidden} more`, 'dim')]] : [];
  return [...reused, ...shown, ...more, sumLine(state, now, look.symbols)];
}

/** One column for all titles, so that what follows them lines up whoever comes first. */
export function titleWidth(width: number): number {
  return Math.max(8, Math.min(26, Math.floor(width * 0.3)));
}

/** The same for guests that boot: "UEFI Secure Boot, as a USB disk, persistence" has to be read to its end. */
export function bootTitleWidth(width: number): number {
  return Math.max(8, Math.min(46, Math.floor(width * 0.55)));
}

/** `✓ 14 steps reused, 3 min 12 s saved` */
export function reusedLine({ steps }: ReusedRow, symbols: Symbols): Line {
  const savedMs = steps.reduce((sum, step) => sum + step.savedMs, 0);
  const saved = savedMs >= 100 ? `, ${formatDuration(savedMs)} saved` : '';
  return [segment(`${symbols.done} ${plural(steps.length, 'step')} reused${saved}`, 'dim')];
}

// "59 min 59 s": times stand in one column whether a step runs or has ended.
const timeWidth = 11;

/** Title and time: the columns that running and finished steps share. */
export function headText(title: string, time: string, width: number): string {
  return columns(title, titleWidth(width), time);
}

function columns(title: string, titleColumns: number, time: string): string {
  return ` ${pad(title, titleColumns)} ${time.padStart(timeWidth)}`;
}

interface Frame {
  readonly width: number;
  readonly now: number;
  readonly look: Look;
}

function runningLine(running: Running, frame: Frame): Line {
  const { symbols } = frame.look;
  const turn = Math.floor(Math.max(0, frame.now - running.startedMs) / 100);
  const elapsed = formatElapsed(frame.now - running.startedMs);
  const titleColumns = running.isBoot ? bootTitleWidth(frame.width) : titleWidth(frame.width);
  const line: Line = [
    segment(symbols.spinner[turn % symbols.spinner.length] ?? '', 'accent'),
    segment(`${columns(running.title, titleColumns, elapsed)}  `),
    ...countSegments(running, frame),
  ];
  const room = frame.width - lineWidth(line);
  const item = remarkOf(running);
  return room < 8 || item === '' ? line : [...line, segment(truncate(item, room), 'dim')];
}

function remarkOf({ progress, remark }: Running): string {
  if (progress === undefined) return remark;
  const left = progress.leftMs === undefined ? '' : `${formatElapsed(progress.leftMs)} left`;
  return [left, progress.item ?? ''].filter(Boolean).join('  ');
}

function countSegments(running: Running, { width, now, look }: Frame): readonly Segment[] {
  const { progress } = running;
  if (progress === undefined) return [];
  const room = width - headText('', '', width).length - 3;
  const isWide = room >= 60;
  const bar = room >= 30 ? barSegments(progress, isWide ? 20 : 10, look.symbols) : [];
  // Where there is no room for both, a package's name says more than packages per second.
  const hasRate = isWide || (room >= 30 && progress.unit === 'bytes');
  const rate = hasRate ? formatRate(measureRate(running, now), progress.unit) : '';
  return [
    ...bar,
    segment(`${countText(progress, isWide)}  `),
    ...(rate === '' ? [] : [segment(`${rate.padStart(8)}  `, 'dim')]),
  ];
}

/** As wide as it will be at the end, so that what follows does not jump. In little room the title must say what is counted. */
function countText({ done, total, unit }: Progress, isWide: boolean): string {
  const end = unit === 'percent' ? 100 : (total ?? done);
  const isBare = !isWide && total !== undefined && (unit === 'packages' || unit === 'files');
  const count = (value: number) => (isBare ? `${value} of ${total}` : formatCount(value, total, unit));
  return count(done).padStart(count(end).length);
}

function barSegments({ done, total, unit }: Progress, barWidth: number, symbols: Symbols): readonly Segment[] {
  const end = unit === 'percent' ? 100 : total;
  if (end === undefined || end <= 0) return [];
  const full = Math.max(0, Math.min(barWidth, Math.floor((done / end) * barWidth)));
  return [
    segment(symbols.barFull.repeat(full), 'good'),
    segment(`${symbols.barEmpty.repeat(barWidth - full)}  `, 'dim'),
  ];
}

function sumLine(state: State, now: number, symbols: Symbols): Line {
  const elapsed = formatElapsed(now - (state.startedMs ?? now));
  const steps = state.stepsTotal > 0 ? [`${state.stepsFinished} of ${plural(state.stepsTotal, 'step')}`] : [];
  return [segment(`  ${[...steps, elapsed].join(symbols.separator)}`, 'dim')];
}
