import { nearest } from '../config/nearest.ts';
import type { Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';

/** The step's name if the graph has it; STEP_UNKNOWN with the nearest otherwise. */
export function findStep(wanted: string | undefined, steps: readonly Step[]): string {
  const names = steps.map(({ name }) => name);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const near = wanted === undefined ? undefined : nearest(wanted, names);
  throw new LivewrightError('STEP_UNKNOWN', {
    message: wanted === undefined ? 'Name a step.' : `There is no step "${wanted}" in this build.`,
    hint: near ? `Did you mean "${near}"?` : `The steps are: ${names.join(', ')}.`,
  });
}
