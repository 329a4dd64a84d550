import type { LivewrightEvent } from '../../events/events.ts';
import { renderEntry } from './entries.ts';
import { defaultLook, render } from './render.ts';
import { createErrorMemory } from './reporter.ts';
import { fitLine, type Line } from './segments.ts';
import { initialState, reduce } from './state.ts';

/** An event and when it came, as `--json` writes them. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: LivewrightEvent;
}

export interface Shot {
  readonly atMs: number;
  /** What the terminal shows, top to bottom. */
  readonly lines: readonly Line[];
}

export interface ReplayOptions {
  readonly columns: number;
  readonly rows: number;
  /** Times of the shots wanted, ascending. */
  readonly atMs: readonly number[];
}

/** What a terminal would have shown at the given times of a recorded build. */
export function replay(events: readonly TimedEvent[], { columns, rows, atMs }: ReplayOptions): readonly Shot[] {
  const look = { ...defaultLook, rows: rows - 1 };
  const errors = createErrorMemory();
  const scrolled: Line[] = [];
  let state = initialState;
  let next = 0;
  const take = ({ event, atMs: now }: TimedEvent) => {
    const change = reduce(state, event, now);
    state = change.state;
    const context = { width: columns, look, isErrorShown: errors.has };
    scrolled.push(...change.entries.flatMap((entry) => renderEntry(entry, context)));
    errors.note(event);
  };
  return atMs.map((now) => {
    for (let timed = events[next]; timed !== undefined && timed.atMs <= now; timed = events[next]) {
      if (timed.event.type !== 'step-output') take(timed);
      next += 1;
    }
    const lines = [...scrolled, ...render(state, columns, now, look)];
    return { atMs: now, lines: lines.slice(-rows).map((line) => fitLine(line, columns)) };
  });
}

/** Reads what `lb build --json` wrote. The first event is at 0 ms. Lines that are no events (the final error) are passed over. */
export function readEventLog(text: string): readonly TimedEvent[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{"time":'));
  const stamped = lines.map((line) => JSON.parse(line) as LivewrightEvent & { time: string });
  const startMs = Date.parse(stamped[0]?.time ?? '');
  return stamped.map(({ time, ...event }) => ({ atMs: Date.parse(time) - startMs, event: event as LivewrightEvent }));
}
