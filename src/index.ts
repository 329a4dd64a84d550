/** The library behind `lb`: read a configuration, make the graph of its build, run it on a store, listen to what happens. */
export { type LiveConfig, resolveConfig } from './config/load.ts';
export { planRun } from './engine/forecast.ts';
export { type GraphOutcome, type RunOptions, runGraph } from './engine/run.ts';
export { defineStep, type Step, type StepContext } from './engine/step.ts';
export { type ErrorCode, errorCodes, LivewrightError } from './errors.ts';
export { createEventBus, type EventBus, type LivewrightEvent } from './events/events.ts';
export { type BuildPlan, planBuild } from './plan/plan.ts';
export { prepareBuild } from './plan/prepare.ts';
export { openStore } from './store/local.ts';
export type { ActionRecord, BlobRef, Digest, Json, Store, TreeRef } from './store/types.ts';
