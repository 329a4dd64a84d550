import type { Json } from '../store/types.ts';
import type { ResultOf, Step } from './step.ts';

/**
 * The steps that `targets` need, and themselves, each after those it needs; the same for the same targets.
 * Two steps of one name and cycles are mistakes of the program: plain Errors.
 */
export function orderSteps(targets: readonly Step[]): readonly Step[] {
  const ordered = new Map<string, Step>();
  const path: Step[] = [];
  const visit = (step: Step): void => {
    if (path.includes(step)) throw new Error(`Steps need each other: ${nameCycle(path, step)}.`);
    const known = ordered.get(step.name);
    if (known && known !== step) throw new Error(`Two steps are called ${step.name}.`);
    if (known) return;
    path.push(step);
    for (const needed of step.needs) visit(needed);
    path.pop();
    if (ordered.has(step.name)) throw new Error(`Two steps are called ${step.name}.`);
    ordered.set(step.name, step);
  };
  for (const target of targets) visit(target);
  return [...ordered.values()];
}

function nameCycle(path: readonly Step[], step: Step): string {
  return [...path.slice(path.indexOf(step)), step].map(({ name }) => name).join(' -> ');
}

/** The `resultOf` that a step's `inputs` receives: only what it says it needs, so that no dependency is hidden. */
export function resultsFor(step: Step, results: ReadonlyMap<string, Json>): ResultOf {
  return <R extends Json>(needed: Step<R>): R => {
    if (!step.needs.some(({ name }) => name === needed.name)) {
      throw new Error(`Step ${step.name} asks for the result of ${needed.name}, which it does not need.`);
    }
    return results.get(needed.name) as R;
  };
}
