import { join } from 'node:path';
import type { EventBus } from '../events/events.ts';
import type { Digest, Json, Store } from '../store/types.ts';
import { interrupted, Stopped } from './failures.ts';
import { orderSteps } from './graph.ts';
import { isRepairable, type Run, runStep, type StepOutcome } from './one.ts';
import { createSlots } from './slots.ts';
import { type BuildState, createState, openState } from './state.ts';
import type { ResultOf, Step } from './step.ts';

export type { StepOutcome } from './one.ts';

export interface RunOptions {
  /** The steps whose results are wanted; all that they need runs as well. */
  readonly targets: readonly Step[];
  readonly store: Store;
  readonly events: Pick<EventBus, 'emit'>;
  /** Where state and logs are kept, and for whom the store keeps the results. Hold `withBuildLock` around the run. */
  readonly buildDirectory?: string;
  /** How many steps run at once; default 4. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** Default: that of the build directory. */
  readonly state?: BuildState;
  /** Default: `.build/livewright/logs` in the build directory. */
  readonly logDirectory?: string;
}

export interface RunStatistics {
  readonly durationMs: number;
  readonly stepsRun: number;
  readonly stepsReused: number;
  readonly savedMs: number;
}

export interface GraphOutcome {
  readonly steps: ReadonlyMap<string, StepOutcome>;
  readonly resultOf: ResultOf;
  readonly statistics: RunStatistics;
}

/**
 * Runs what has to run of a graph, several steps at once. The first failure stops the rest: no step starts any more,
 * running ones get their signal and are waited for. Then that failure is thrown, or INTERRUPTED if it was `signal`.
 * A step that meets a damaged object makes the graph run once more, in which the step that made the object runs again.
 */
export async function runGraph(options: RunOptions): Promise<GraphOutcome> {
  const { targets, buildDirectory, events, store } = options;
  const startMs = performance.now();
  const steps = orderSteps(targets);
  const state = options.state ?? (buildDirectory === undefined ? createState() : await openState(buildDirectory));
  events.emit({ type: 'build-started', directory: buildDirectory ?? store.root, steps: steps.map(({ name }) => name) });
  const outcomes = await runTwiceIfDamaged(steps, { ...options, state });
  return {
    steps: outcomes,
    resultOf: <R extends Json>(step: Step<R>) => outcomes.get(step.name)?.result as R,
    statistics: { durationMs: Math.round(performance.now() - startMs), ...countSteps(outcomes) },
  };
}

type Outcomes = Map<string, StepOutcome>;
type Settings = RunOptions & { readonly state: BuildState };

async function runTwiceIfDamaged(steps: readonly Step[], options: Settings): Promise<Outcomes> {
  const first = await runOnce(steps, options, true);
  if (!first.failure) return first.outcomes;
  if (!isRepairable(first.failure.error, { mayRepeat: true })) throw first.failure.error;
  const message = 'An object in the store was damaged: what made it runs again.';
  options.events.emit({ type: 'warning', message });
  const second = await runOnce(steps, options, false);
  if (second.failure) throw second.failure.error;
  return second.outcomes;
}

interface Ending {
  readonly outcomes: Outcomes;
  readonly failure: { readonly error: unknown } | undefined;
}

async function runOnce(steps: readonly Step[], options: Settings, mayRepeat: boolean): Promise<Ending> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const run: Run = {
    store: options.store,
    emit: options.events.emit,
    state: options.state,
    signal,
    logDirectory: options.logDirectory ?? defaultLogDirectory(options.buildDirectory),
    results: new Map(),
    mayRepeat,
  };
  const outcomes: Outcomes = new Map();
  let failure: Ending['failure'];
  await runInOrder(steps, options.concurrency ?? 4, async (step) => {
    if (signal.aborted) throw interrupted(signal.reason);
    try {
      const outcome = await runStep(step, run);
      outcomes.set(step.name, outcome);
      run.results.set(step.name, outcome.result);
      if (!outcome.isReused) await run.state.save();
    } catch (error) {
      failure ??= { error };
      if (!isRepairable(error, run)) stop.abort(new Stopped(step.name));
      throw error;
    }
  });
  if (!failure && outcomes.size < steps.length) failure = { error: interrupted(signal.reason) };
  await remember(outcomes, options, failure !== undefined);
  return { outcomes, failure };
}

/** Calls `action` for each step after those it needs have succeeded, for up to `concurrency` at once; never rejects. */
async function runInOrder(
  steps: readonly Step[],
  concurrency: number,
  action: (step: Step) => Promise<void>,
): Promise<void> {
  const inSlot = createSlots(concurrency);
  const running = new Map<string, Promise<void>>();
  for (const step of steps) {
    const needed = Promise.all(step.needs.map(({ name }) => running.get(name)));
    running.set(
      step.name,
      needed.then(() => inSlot(() => action(step))),
    );
  }
  await Promise.allSettled(running.values());
}

/** Keeps what the run has learnt, also when it failed; a second failure here would only hide the first. */
async function remember(outcomes: Outcomes, options: Settings, isFailed: boolean): Promise<void> {
  const keys: Digest[] = [...outcomes.values()].flatMap(({ key, parts }) => [key, ...parts]);
  try {
    await options.state.save();
    if (options.buildDirectory !== undefined) await options.store.putRoot(options.buildDirectory, keys);
  } catch (error) {
    if (!isFailed) throw error;
  }
}

function countSteps(outcomes: Outcomes): Omit<RunStatistics, 'durationMs'> {
  const reused = [...outcomes.values()].filter(({ isReused }) => isReused);
  return {
    stepsRun: outcomes.size - reused.length,
    stepsReused: reused.length,
    savedMs: reused.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

function defaultLogDirectory(buildDirectory: string | undefined): string | undefined {
  return buildDirectory === undefined ? undefined : join(buildDirectory, '.build', 'livewright', 'logs');
}
