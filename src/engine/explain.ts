import type { Store } from '../store/types.ts';
import { compareJson, type Difference } from './differences.ts';
import type { LastInputs, StepInputs } from './state.ts';
import type { Step } from './step.ts';
import { changedSight } from './witness.ts';

/** Why a step would run: what differs from its last success in this build directory. Empty if nothing does. */
export function explainStep(
  step: Pick<Step, 'cache'>,
  now: StepInputs,
  last: LastInputs | undefined,
): readonly Difference[] {
  if (step.cache === 'never') return [whole('changed', 'it asks the outside world in every build')];
  if (!last) return [whole('added', 'never ran here')];
  const differences = compareJson('', { before: last.inputs, after: now.inputs });
  if (last.kind !== now.kind) {
    differences.unshift(whole('changed', `it is done by ${now.kind}, was ${last.kind}`));
  } else if (last.version !== now.version) {
    differences.unshift(whole('changed', `its code is version ${now.version}, was ${last.version}`));
  }
  return differences;
}

/** The same with what the step itself told that it looked at, where that is known: it says more than digests of layers. */
export async function explainRun(
  step: Step,
  now: StepInputs,
  { last, store }: { readonly last: LastInputs | undefined; readonly store: Store },
): Promise<readonly Difference[]> {
  const differences = explainStep(step, now, last);
  const path = await changedSight(step, now.inputs, store);
  return path === undefined
    ? differences
    : [whole('changed', `it looks at ${path}, which has changed`), ...differences];
}

/** The differences of a step that has to run, in one line: `inputs.packages: added nano 8.4-1 (and 2 more)`. */
export function summarizeReason(differences: readonly Difference[]): string {
  const [first, ...more] = differences;
  // Nothing differs and yet there is no result: it was purged, or an object of it was damaged.
  if (!first) return 'its result is no longer in the store';
  return more.length === 0 ? first.text : `${first.text} (and ${more.length} more)`;
}

function whole(kind: Difference['kind'], text: string): Difference {
  return { path: '', kind, text };
}
