import type { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import { normalizeJson } from '../store/canonical.ts';
import { isCorrupt } from '../store/corrupt.ts';
import { keyLockPath } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';
import type { Owner } from '../store/owner.ts';
import type { ActionRecord, Digest, Json, Store } from '../store/types.ts';
import { type Executed, executeStep } from './execute.ts';
import { explainRun, summarizeReason } from './explain.ts';
import { describeFailure, explainFailure } from './failures.ts';
import { resultsFor } from './graph.ts';
import { answerKey, stepKey } from './key.ts';
import { type LazyLog, lazyStepLog, type StepLog, stepLogPath } from './log.ts';
import type { BuildState } from './state.ts';
import type { Step } from './step.ts';
import { createThrottle } from './throttle.ts';
import { findRecord, testify } from './witness.ts';

const progressIntervalMs = 100;

/** What became of one step. */
export interface StepOutcome {
  readonly key: Digest;
  readonly result: Json;
  /** Keys of what the step keeps by itself. */
  readonly parts: readonly Digest[];
  readonly isReused: boolean;
  /** How long its work took, now or in the build that did it. */
  readonly durationMs: number;
}

/** What all steps of a run share. */
export interface Run {
  readonly store: Store;
  readonly emit: Listener;
  readonly state: BuildState;
  readonly signal: AbortSignal;
  readonly logDirectory: string | undefined;
  readonly results: Map<string, Json>;
  /** Whether a damaged object is answered by running the graph once more, and so is no failure yet. */
  readonly mayRepeat: boolean;
}

/** Reuses the stored result of a step or makes it. Every `step-started` is followed by one done, reused or failed. */
export async function runStep(step: Step, run: Run): Promise<StepOutcome> {
  const startMs = performance.now();
  const log = createLog(step, run);
  try {
    const inputs = normalizeJson(await step.inputs(resultsFor(step, run.results)));
    return step.cache === 'never'
      ? await ask(step, inputs, { run, log })
      : await reuseOrMake(step, inputs, { run, log });
  } catch (thrown) {
    const error = await explainFailure(thrown, run.signal, run.store.root);
    const durationMs = Math.round(performance.now() - startMs);
    if (isRepairable(error, run)) run.emit({ type: 'step-note', step: step.name, message: error.message });
    else reportFailure(step, { error, durationMs, run, log: log.opened });
    throw error;
  } finally {
    log.opened?.close();
  }
}

export function isRepairable(error: unknown, run: Pick<Run, 'mayRepeat'>): error is LivewrightError {
  return run.mayRepeat && isCorrupt(error);
}

interface StepRun {
  readonly run: Run;
  readonly log: LazyLog;
}

/** A step that runs in every build. Its answer is kept too, so that its objects belong to the build directory. */
async function ask(step: Step, inputs: Json, { run, log }: StepRun): Promise<StepOutcome> {
  const key = stepKey(step, inputs);
  const { result, durationMs, parts } = await make(step, { key, inputs, run, log });
  const record = { key: answerKey(step, inputs, result), step: step.name, result, durationMs, parts };
  await keep(record, run.store);
  run.emit({ type: 'step-done', step: step.name, title: step.title, durationMs });
  return { ...record, isReused: false };
}

async function reuseOrMake(step: Step, inputs: Json, { run, log }: StepRun): Promise<StepOutcome> {
  const key = stepKey(step, inputs);
  const found = await findRecord(step, inputs, run.store);
  if (found) return reuse(step, { record: found, inputs, run });
  const onWait = (holder: Owner) => noteWaiting(step, holder, run);
  return withLock(
    keyLockPath(run.store.root, key),
    async () => {
      // Another build may have made it since we looked, most likely the one we waited for.
      const record = await run.store.getAction(key);
      if (record) return reuse(step, { record, inputs, run });
      const { seen, ...made } = await make(step, { key, inputs, run, log });
      const testimony = seen === undefined ? [] : await testify({ step, inputs, seen, ...made }, run.store);
      const parts = [...made.parts, ...testimony];
      await keep({ key, step: step.name, ...made, parts }, run.store);
      run.state.remember(step.name, { key, kind: step.kind, version: step.version, inputs });
      run.emit({ type: 'step-done', step: step.name, title: step.title, durationMs: made.durationMs });
      return { key, ...made, parts, isReused: false };
    },
    { onWait, signal: run.signal },
  );
}

async function reuse(
  step: Step,
  { record, inputs, run }: { readonly record: ActionRecord; readonly inputs: Json; readonly run: Run },
): Promise<StepOutcome> {
  const { key, result, durationMs, parts = [] } = record;
  // Found by what an earlier run looked at: from now on by its inputs.
  if (step.witness !== undefined && !(await run.store.getAction(key))) await keep(record, run.store);
  run.state.remember(step.name, { key, kind: step.kind, version: step.version, inputs });
  run.emit({ type: 'step-reused', step: step.name, title: step.title, savedMs: durationMs });
  return { key, result, durationMs, parts, isReused: true };
}

async function make(
  step: Step,
  { key, inputs, run, log }: StepRun & { readonly key: Digest; readonly inputs: Json },
): Promise<Executed> {
  const { emit, store, signal, state } = run;
  const now = { key, kind: step.kind, version: step.version, inputs };
  const reason = summarizeReason(await explainRun(step, now, { last: state.last(step.name), store }));
  emit({ type: 'step-started', step: step.name, title: step.title, reason });
  const output = log.open();
  const progress = createThrottle(progressIntervalMs, emit);
  try {
    return await executeStep(step, inputs, {
      store,
      signal,
      progress: (done, total, unit, item) =>
        progress.push({
          type: 'step-progress',
          step: step.name,
          done,
          unit,
          ...(total === undefined ? {} : { total }),
          ...(item === undefined ? {} : { item }),
        }),
      log: (text) => {
        for (const line of text.replace(/\n$/, '').split('\n')) {
          output.write(line);
          emit({ type: 'step-output', step: step.name, line });
        }
      },
      note: (message) => emit({ type: 'step-note', step: step.name, message }),
    });
  } finally {
    progress.flush();
  }
}

/** Publishes a result, and catches at once the mistake that would make the step run in every build. */
async function keep(record: ActionRecord, store: Store): Promise<void> {
  await store.putAction(record);
  if (await store.getAction(record.key)) return;
  throw new Error(`The result of step ${record.step} refers to objects that are not in the store.`);
}

function noteWaiting(step: Step, { pid }: Owner, { emit }: Run): void {
  const who = pid === process.pid ? 'another step' : `process ${pid}`;
  emit({ type: 'step-note', step: step.name, message: `Waiting for ${who}, which is doing the same work.` });
}

interface FailureReport {
  readonly error: unknown;
  readonly durationMs: number;
  readonly run: Run;
  readonly log: StepLog | undefined;
}

function reportFailure(step: Step, { error, durationMs, run, log }: FailureReport): void {
  run.emit({
    type: 'step-failed',
    step: step.name,
    title: step.title,
    durationMs,
    ...describeFailure(error, log?.tail ?? []),
    ...(log?.path === undefined ? {} : { logPath: log.path }),
  });
}

function createLog(step: Step, { logDirectory, emit }: Run): LazyLog {
  const path = logDirectory === undefined ? undefined : stepLogPath(logDirectory, step.name);
  return lazyStepLog(path, (error) =>
    emit({ type: 'warning', message: `The log of ${step.name} cannot be written: ${String(error)}.` }),
  );
}
