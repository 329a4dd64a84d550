import type { LivewrightEvent } from '../../events/events.ts';

type ProgressEvent = Extract<LivewrightEvent, { type: 'step-progress' }>;

interface Shown {
  readonly atMs: number;
  readonly part: number;
  readonly unit: string;
}

const everyMs = 10_000;
const everyPart = 0.25;

/** Lets one progress event per step through every 10 s, or whenever another quarter is done. The start is never worth a line. */
export function createThrottle(): (event: ProgressEvent, nowMs: number) => boolean {
  const shown = new Map<string, Shown>();
  return (event, nowMs) => {
    const { step, unit } = event;
    const part = quarterOf(event);
    const last = shown.get(step);
    if (last === undefined || last.unit !== unit) {
      shown.set(step, { atMs: nowMs, part, unit });
      return false;
    }
    if (nowMs - last.atMs < everyMs && part - last.part < everyPart) return false;
    shown.set(step, { atMs: nowMs, part, unit });
    return true;
  };
}

/** The finished part, rounded down to quarters, so that lines come at 25, 50, 75 and 100 %. */
function quarterOf({ done, total, unit }: ProgressEvent): number {
  const end = unit === 'percent' ? 100 : total;
  return end === undefined || end <= 0 ? 0 : Math.floor(done / end / everyPart) * everyPart;
}
