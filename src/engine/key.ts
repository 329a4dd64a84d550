import { digestJson } from '../store/digest.ts';
import type { Digest, Json } from '../store/types.ts';
import type { Step } from './step.ts';

/**
 * The key of a step: what it does (kind), by which code (version), on what (inputs). Its name is not part of it: two
 * steps that do the same work share the result.
 */
export function stepKey(step: Pick<Step, 'kind' | 'version'>, inputs: Json): Digest {
  return digestJson({ kind: step.kind, version: step.version, inputs });
}

/**
 * The key under which the result of a step with `cache: 'never'` is kept. Its inputs do not determine its result, so
 * the result takes part: each answer of the outside world has its own record, and what a build directory refers to
 * stays what its build saw.
 */
export function answerKey(step: Pick<Step, 'kind' | 'version'>, inputs: Json, result: Json): Digest {
  return digestJson({ kind: step.kind, version: step.version, inputs, result });
}
