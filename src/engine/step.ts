import type { ProgressUnit } from '../events/events.ts';
import type { BlobRef, Json, Store } from '../store/types.ts';
import type { MakeParts } from './parts.ts';
import type { Witness } from './witness.ts';

/** What a running step may use besides its inputs. None of it may influence the result. */
export interface StepContext {
  readonly store: Store;
  /** An empty directory on the store's file system, gone when the step ends. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Keeps pieces of the work by themselves. */
  readonly parts: MakeParts;
  /** Tells what the step looked at, for its witness. */
  saw(seen: BlobRef): void;
  progress(done: number, total: number | undefined, unit: ProgressUnit, item?: string): void;
  /** One line for the step's log file (program output, decisions). */
  log(line: string): void;
  /** One line that the user should see. */
  note(message: string): void;
}

/** Gives the results of the steps named in `needs`. */
export type ResultOf = <R extends Json>(step: Step<R>) => R;

/**
 * A step is a pure function of its inputs: `key = sha256(kind, version, inputs)`, and `run` receives the inputs and
 * nothing else that could matter. Inputs are small JSON; files enter as digests (BlobRef, TreeRef).
 *
 * Because the key is made of the *results* of the needed steps, a step that ran again and gave the same result
 * does not make the steps behind it run.
 */
export interface Step<R extends Json = Json> {
  /** Unique in the graph, stable between builds: `rootfs`, `hook:normal/0100-locale.hook.chroot`. */
  readonly name: string;
  /** For people: `system image`. */
  readonly title: string;
  /** What the step does, shared by all steps that run the same code: `hook`. */
  readonly kind: string;
  /** Counts changes of the code that change the result. */
  readonly version: number;
  readonly needs: readonly Step[];
  /** `store`: reuse a stored result. `never`: run in every build (asks the outside world, must be quick). */
  readonly cache: 'store' | 'never';
  /** Finds results that were made with other inputs and would come out the same with these. */
  readonly witness?: Witness;
  inputs(resultOf: ResultOf): Json | Promise<Json>;
  run(inputs: Json, context: StepContext): Promise<R>;
}

/** Types a step's definition, so that `run` sees the type that `inputs` returns. */
export function defineStep<I extends Json, R extends Json>(step: {
  readonly name: string;
  readonly title: string;
  readonly kind?: string;
  readonly version: number;
  readonly needs: readonly Step[];
  readonly cache?: 'store' | 'never';
  readonly witness?: Witness;
  inputs(resultOf: ResultOf): I | Promise<I>;
  run(inputs: I, context: StepContext): Promise<R>;
}): Step<R> {
  return {
    ...step,
    kind: step.kind ?? step.name,
    cache: step.cache ?? 'store',
    run: (inputs, context) => step.run(inputs as I, context),
  };
}
