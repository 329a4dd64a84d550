import { digestJson } from '../store/digest.ts';
import type { ActionRecord, BlobRef, Digest, Json, Store } from '../store/types.ts';
import { stepKey } from './key.ts';
import type { Step } from './step.ts';

/**
 * What lets a result stand for other inputs than those it was made with: the run told what it looked at
 * (`StepContext.saw`), and all of that is the same in the new inputs. Then a run would do the same again.
 */
export interface Witness {
  /** The part of the inputs of which every bit counts. */
  fixed(inputs: Json): Json;
  /** What of `seen` is not the same for `inputs`, for people; undefined if all is. */
  difference(inputs: Json, seen: BlobRef, store: Store): Promise<string | undefined>;
}

/** Of each step's runs with the same fixed inputs, so many are kept: as often as somebody goes back and forth. */
const MOST_TESTIMONIES = 8;

type Testimony = { readonly seen: BlobRef; readonly result: Json };

/** The record under which a step's result is found, whether by its inputs or by what an earlier run looked at. */
export async function findRecord(step: Step, inputs: Json, store: Store): Promise<ActionRecord | undefined> {
  if (step.cache === 'never') return undefined;
  const key = stepKey(step, inputs);
  return (await store.getAction(key)) ?? (await recall(step, inputs, store, key));
}

async function recall(step: Step, inputs: Json, store: Store, key: Digest): Promise<ActionRecord | undefined> {
  const { witness } = step;
  if (witness === undefined) return undefined;
  const listKey = testimoniesKey(step, witness.fixed(inputs));
  for (const testimonyKey of await readTestimonies(listKey, store)) {
    const record = await store.getAction(testimonyKey);
    if (record === undefined) continue;
    const { seen, result } = record.result as Testimony;
    if ((await witness.difference(inputs, seen, store)) !== undefined) continue;
    return { key, step: step.name, result, durationMs: record.durationMs, parts: [listKey, testimonyKey] };
  }
  return undefined;
}

/** What the newest run with the same fixed inputs looked at and is not the same now: why the step would run. */
export async function changedSight(step: Step, inputs: Json, store: Store): Promise<string | undefined> {
  if (step.witness === undefined) return undefined;
  const [newest] = await readTestimonies(testimoniesKey(step, step.witness.fixed(inputs)), store);
  const record = newest && (await store.getAction(newest));
  return record && step.witness.difference(inputs, (record.result as Testimony).seen, store);
}

export interface Run {
  readonly step: Step;
  readonly inputs: Json;
  readonly seen: BlobRef;
  readonly result: Json;
  readonly durationMs: number;
}

/** Keeps what a run looked at; gives the keys under which it is kept. */
export async function testify({ step, inputs, seen, result, durationMs }: Run, store: Store): Promise<Digest[]> {
  if (step.witness === undefined) return [];
  const listKey = testimoniesKey(step, step.witness.fixed(inputs));
  const testimony: Testimony = { seen, result };
  const key = digestJson({ list: listKey, testimony });
  await store.putAction({ key, step: step.name, result: testimony, durationMs });
  // Two builds that do this at once may lose one of the two; it is only made again.
  const others = (await readTestimonies(listKey, store)).filter((other) => other !== key);
  const keys = [key, ...others].slice(0, MOST_TESTIMONIES);
  await store.putAction({ key: listKey, step: step.name, result: keys, durationMs: 0 });
  return [listKey, key];
}

function testimoniesKey({ kind, version }: Step, fixed: Json): Digest {
  return digestJson({ testimoniesOf: kind, version, fixed });
}

async function readTestimonies(listKey: Digest, store: Store): Promise<readonly Digest[]> {
  return ((await store.getAction(listKey))?.result ?? []) as readonly Digest[];
}
