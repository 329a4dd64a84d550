import { normalizeJson } from '../store/canonical.ts';
import type { BlobRef, Digest, Json, Store } from '../store/types.ts';
import { createPartMaker } from './parts.ts';
import type { Step, StepContext } from './step.ts';

/** What a step is run with; the listeners default to nobody. */
export interface Execution {
  readonly store: Store;
  readonly signal: AbortSignal;
  readonly progress?: StepContext['progress'];
  readonly log?: StepContext['log'];
  readonly note?: StepContext['note'];
}

export interface Executed {
  readonly result: Json;
  readonly durationMs: number;
  /** Keys of what the step keeps by itself (`StepContext.parts`). */
  readonly parts: readonly Digest[];
  /** What it looked at, if it told. */
  readonly seen: BlobRef | undefined;
}

const ignore = () => {};

/**
 * Runs a step in a scratch directory of its own and gives its result as it will come back from the store, so that
 * the steps behind it see the same value whether or not it was reused.
 */
export async function executeStep(
  step: Step,
  inputs: Json,
  { store, signal, progress = ignore, log = ignore, note = ignore }: Execution,
): Promise<Executed> {
  const startMs = performance.now();
  const { parts, keys } = createPartMaker(store, step.name);
  let seen: BlobRef | undefined;
  const saw = (blob: BlobRef): void => {
    seen = blob;
  };
  const result = await store.withStaging(async (scratch) => {
    signal.throwIfAborted();
    return normalizeJson(await step.run(inputs, { store, scratch, signal, parts, saw, progress, log, note }));
  });
  return { result, durationMs: Math.round(performance.now() - startMs), parts: keys(), seen };
}
