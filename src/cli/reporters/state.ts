import type { LivewrightEvent, ProgressUnit } from '../../events/events.ts';

export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: ProgressUnit;
  readonly item: string | undefined;
  readonly leftMs: number | undefined;
}

/** A step (or a guest that boots) that is on the screen with a line of its own. */
export interface Running {
  readonly name: string;
  readonly title: string;
  /** A guest: its title tells several things, but there is nothing to count, so it may be longer. */
  readonly isBoot?: true;
  readonly startedMs: number;
  /** What to show while nothing is counted: why the step runs, or how far the guest has come. */
  readonly remark: string;
  readonly progress: Progress | undefined;
  /** Recent points of the progress, oldest first, from which the rate is taken. */
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** Reused steps that followed one another: shown as one entry. */
export interface ReusedRow {
  readonly type: 'reused-row';
  readonly steps: readonly { readonly title: string; readonly savedMs: number }[];
}

/** Something that scrolls up and is never drawn again. */
export type Entry = LivewrightEvent | ReusedRow;

export interface State {
  readonly startedMs: number | undefined;
  readonly stepsTotal: number;
  readonly stepsFinished: number;
  readonly running: readonly Running[];
  readonly reused: ReusedRow;
}

const noReused: ReusedRow = { type: 'reused-row', steps: [] };

export const initialState: State = {
  startedMs: undefined,
  stepsTotal: 0,
  stepsFinished: 0,
  running: [],
  reused: noReused,
};

export interface Change {
  readonly state: State;
  /** What scrolls up because of the event, in order. */
  readonly entries: readonly Entry[];
}

/** What an event at `now` (milliseconds) does to the picture. Pure. */
export function reduce(state: State, event: LivewrightEvent, now: number): Change {
  const moved = advance({ ...state, startedMs: state.startedMs ?? now }, event, now);
  if (!scrolls(event)) return { state: moved, entries: [] };
  const row = moved.reused.steps.length > 0 ? [moved.reused] : [];
  return { state: { ...moved, reused: noReused }, entries: [...row, event] };
}

function advance(state: State, event: LivewrightEvent, now: number): State {
  switch (event.type) {
    case 'build-started':
      return { ...initialState, startedMs: now, stepsTotal: event.steps.length };
    case 'step-started':
      return start(state, { name: event.step, title: event.title, remark: event.reason, startedMs: now });
    case 'boot-started':
      return start(state, { name: event.boot, title: event.title, isBoot: true, remark: '', startedMs: now });
    case 'step-progress':
      return change(state, event.step, (step) => progressed(step, event, now));
    case 'boot-milestone':
      return change(state, event.boot, (boot) => ({ ...boot, remark: event.milestone }));
    case 'step-reused':
      return finish(addReused(state, event), event.step);
    case 'step-done':
    case 'step-failed':
      return finish(state, event.step);
    case 'boot-verdict':
      return finish(state, event.boot);
    case 'terminal-lent':
    case 'build-done':
    case 'build-failed':
      return { ...state, running: [] };
    default:
      return state;
  }
}

function scrolls({ type }: LivewrightEvent): boolean {
  return (
    type === 'step-output' ||
    type === 'step-note' ||
    type === 'step-done' ||
    type === 'step-failed' ||
    type === 'build-done' ||
    type === 'build-failed' ||
    type === 'warning' ||
    type === 'note' ||
    type === 'terminal-lent' ||
    type === 'stick-written' ||
    type === 'boot-verdict' ||
    type === 'serve-ready' ||
    type === 'serve-request'
  );
}

function start(state: State, begun: Pick<Running, 'name' | 'title' | 'isBoot' | 'remark' | 'startedMs'>): State {
  const others = state.running.filter(({ name }) => name !== begun.name);
  return { ...state, running: [...others, { ...begun, progress: undefined, samples: [] }] };
}

function change(state: State, name: string, action: (running: Running) => Running): State {
  return { ...state, running: state.running.map((running) => (running.name === name ? action(running) : running)) };
}

function finish(state: State, name: string): State {
  return {
    ...state,
    stepsFinished: state.stepsFinished + 1,
    running: state.running.filter((running) => running.name !== name),
  };
}

function addReused(state: State, { title, savedMs }: { title: string; savedMs: number }): State {
  return { ...state, reused: { ...noReused, steps: [...state.reused.steps, { title, savedMs }] } };
}

// Long enough to smooth the jumps of a download, short enough to show that it stalls.
const rateWindowMs = 4000;
const sampleEveryMs = 250;

type ProgressEvent = Extract<LivewrightEvent, { type: 'step-progress' }>;

function progressed(step: Running, event: ProgressEvent, now: number): Running {
  const { done, total, unit, item, leftMs } = event;
  // A step may count twice (download, then unpack): a rate across both would be nonsense.
  const restarted = step.progress?.unit !== unit || done < step.progress.done;
  const samples = restarted ? [] : step.samples;
  return { ...step, progress: { done, total, unit, item, leftMs }, samples: addSample(samples, { atMs: now, done }) };
}

function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.atMs - last.atMs < sampleEveryMs) return samples;
  // The newest stays however old it is: a step that counts seldom has a rate too.
  const recent = samples.filter((kept) => kept === last || sample.atMs - kept.atMs <= rateWindowMs);
  return [...recent, sample];
}

/** Units per second over the last seconds; 0 until there is enough to judge by. */
export function measureRate(running: Running, now: number): number {
  const first = running.samples[0];
  if (first === undefined || running.progress === undefined || now - first.atMs < 1000) return 0;
  return ((running.progress.done - first.done) * 1000) / (now - first.atMs);
}
