import type { ProgressUnit } from '../../events/events.ts';

/** `0.4 s`, `12 s`, `3 min 12 s`, `1 h 04 min`. */
export function formatDuration(durationMs: number): string {
  const tenths = Math.round(Math.max(0, durationMs) / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** For the clock of something that still runs: whole seconds, so that it does not flicker. */
export function formatElapsed(durationMs: number): string {
  const seconds = Math.floor(Math.max(0, durationMs) / 1000);
  return seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Powers of 1000, as on the boxes of sticks: `812 B`, `41 kB`, `325 MB`, `1.2 GB`. */
export function formatSize(sizeBytes: number): string {
  const { value, unit } = scaleSize(sizeBytes, sizeBytes);
  return `${value} ${unit}`;
}

/** `sizeBytes` in the unit that suits `largestBytes`, so that two sizes side by side share one unit. */
function scaleSize(sizeBytes: number, largestBytes: number): { value: string; unit: string } {
  let power = 0;
  // 999.5 would be shown as 1000, so the next unit starts there.
  while (largestBytes / 1000 ** power >= 999.5 && power < sizeUnits.length - 1) power += 1;
  const scaled = sizeBytes / 1000 ** power;
  const digits = power >= 1 && largestBytes / 1000 ** power < 9.95 ? 1 : 0;
  return { value: scaled.toFixed(digits), unit: sizeUnits[power] ?? 'B' };
}

/** `312 of 650 MB`, `17 of 235 packages`, `48 %`, `41 MB`. */
export function formatCount(done: number, total: number | undefined, unit: ProgressUnit): string {
  if (unit === 'percent') return `${Math.floor(done)} %`;
  if (unit === 'bytes') {
    const size = scaleSize(done, total ?? done);
    const of = total === undefined ? '' : ` of ${scaleSize(total, total).value}`;
    return `${size.value}${of} ${size.unit}`;
  }
  return total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
}

/** `41 MB/s`, `3.2/s`; empty where a rate says nothing. */
export function formatRate(perSecond: number, unit: ProgressUnit): string {
  if (unit === 'percent' || perSecond <= 0) return '';
  if (unit === 'bytes') return `${formatSize(perSecond)}/s`;
  return `${perSecond < 9.95 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}

/** `[hh:mm:ss]` of the local day. */
export function formatClock(time: Date): string {
  return `[${[time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')}]`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
