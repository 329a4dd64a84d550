import { normalizeJson } from '../store/canonical.ts';
import type { Digest, Json, Store } from '../store/types.ts';
import { stepKey } from './key.ts';

/**
 * Work of a step that is kept piece by piece, under keys of its own: what many steps' inputs have in common (a package, a
 * file) is then done once, whatever else changes. As with a step, `inputs` say all that the result depends on.
 */
export interface PartWork<I extends Json, R extends Json> {
  /** What is done to each piece; with `version` and the piece's inputs it makes the key. */
  readonly kind: string;
  /** Counts changes of the code that change the result. */
  readonly version: number;
  readonly inputs: readonly I[];
  /** Makes the pieces that the store does not have, all in one call, and hands in each as soon as it is there. */
  make(missing: readonly I[], keep: KeepPart<I, R>): Promise<void>;
}

/** `piece` is one of those that are missing. */
export type KeepPart<I extends Json, R extends Json> = (piece: I, result: R) => Promise<void>;

/** Gives the result of each piece, in the order of `inputs`. */
export type MakeParts = <I extends Json, R extends Json>(work: PartWork<I, R>) => Promise<R[]>;

interface Piece {
  readonly inputs: Json;
  readonly key: Digest;
}

export interface PartMaker {
  readonly parts: MakeParts;
  /** The keys of all pieces so far: they belong to whatever the step's result belongs to. */
  readonly keys: () => readonly Digest[];
}

/** Two builds at once may make the same piece twice; both put the same result. */
export function createPartMaker(store: Store, stepName: string): PartMaker {
  const used = new Set<Digest>();
  const parts: MakeParts = async <I extends Json, R extends Json>(work: PartWork<I, R>) => {
    const pieces = work.inputs.map((inputs): Piece => ({ inputs, key: stepKey(work, normalizeJson(inputs)) }));
    for (const { key } of pieces) used.add(key);
    const results = await findParts<R>(pieces, store);
    const wanted = new Map(pieces.filter(({ key }) => !results.has(key)).map(({ inputs, key }) => [key, inputs as I]));
    const missing = new Map([...wanted].map(([key, inputs]) => [inputs, key]));
    const startMs = performance.now();
    const keep: KeepPart<I, R> = async (piece, result) => {
      const key = missing.get(piece);
      if (key === undefined) throw new Error(`The step ${stepName} made a part that it was not asked for.`);
      const durationMs = Math.round(performance.now() - startMs);
      await store.putAction({ key, step: stepName, result: normalizeJson(result), durationMs });
      results.set(key, normalizeJson(result) as R);
    };
    if (missing.size > 0) await work.make([...missing.keys()], keep);
    return pieces.map(({ key }) => {
      const result = results.get(key);
      if (result === undefined) throw new Error(`The step ${stepName} did not make all parts that it was asked for.`);
      return result;
    });
  };
  return { parts, keys: () => [...used] };
}

async function findParts<R extends Json>(pieces: readonly Piece[], store: Store): Promise<Map<Digest, R>> {
  const found = await Promise.all(pieces.map(async ({ key }) => [key, await store.getAction(key)] as const));
  return new Map(found.flatMap(([key, record]) => (record === undefined ? [] : [[key, record.result as R]])));
}
