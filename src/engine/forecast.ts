import { normalizeJson } from '../store/canonical.ts';
import type { Json, Store } from '../store/types.ts';
import type { Difference } from './differences.ts';
import { executeStep } from './execute.ts';
import { explainRun, summarizeReason } from './explain.ts';
import { orderSteps, resultsFor } from './graph.ts';
import { stepKey } from './key.ts';
import type { BuildState } from './state.ts';
import type { Step } from './step.ts';
import { findRecord } from './witness.ts';

/** What a build would do with a step. */
export type Forecast = { readonly step: string; readonly title: string } & Verdict;

type Verdict =
  | { readonly verdict: 'reused'; readonly savedMs: number }
  | { readonly verdict: 'run'; readonly reason: string; readonly differences: readonly Difference[] }
  /** Reused or run: its inputs are not known before the steps `on` have run. */
  | { readonly verdict: 'depends'; readonly on: readonly string[] };

export interface ForecastOptions {
  readonly targets: readonly Step[];
  readonly store: Store;
  readonly state: BuildState;
  /** Runs steps with `cache: 'never'`, which only ask, so that the steps behind them are known too; default false. */
  readonly askOutside?: boolean;
  readonly signal?: AbortSignal;
}

/** Says for every step, in an order in which they could run, what a build would do with it. Changes nothing. */
export async function planRun(options: ForecastOptions): Promise<readonly Forecast[]> {
  const results = new Map<string, Json>();
  const forecasts: Forecast[] = [];
  for (const step of orderSteps(options.targets)) {
    options.signal?.throwIfAborted();
    forecasts.push({ step: step.name, title: step.title, ...(await forecastStep(step, results, options)) });
  }
  return forecasts;
}

/** Adds the step's result to `results` if it can be known. */
async function forecastStep(step: Step, results: Map<string, Json>, options: ForecastOptions): Promise<Verdict> {
  const unknown = step.needs.filter(({ name }) => !results.has(name));
  if (unknown.length > 0) return { verdict: 'depends', on: unknown.map(({ name }) => name) };
  const inputs = normalizeJson(await step.inputs(resultsFor(step, results)));
  const key = stepKey(step, inputs);
  const record = await findRecord(step, inputs, options.store);
  if (record) {
    results.set(step.name, record.result);
    return { verdict: 'reused', savedMs: record.durationMs };
  }
  if (step.cache === 'never' && options.askOutside) results.set(step.name, await ask(step, inputs, options));
  const now = { key, kind: step.kind, version: step.version, inputs };
  const differences = await explainRun(step, now, { last: options.state.last(step.name), store: options.store });
  return { verdict: 'run', reason: summarizeReason(differences), differences };
}

async function ask(step: Step, inputs: Json, { store, signal }: ForecastOptions): Promise<Json> {
  const execution = { store, signal: signal ?? new AbortController().signal };
  return (await executeStep(step, inputs, execution)).result;
}
