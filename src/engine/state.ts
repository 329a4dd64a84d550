import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { replaceFile } from '../store/atomic.ts';
import { canonicalJson } from '../store/canonical.ts';
import { parseDigest } from '../store/digest.ts';
import type { Digest, Json } from '../store/types.ts';

/** What went into a step: all that `explainStep` compares. */
export interface StepInputs {
  readonly key: Digest;
  readonly kind: string;
  readonly version: number;
  readonly inputs: Json;
}

/** What a step had when it last succeeded in this build directory. */
export interface LastInputs extends StepInputs {
  /** ISO 8601, UTC. */
  readonly when: string;
}

/** The memory of a build directory, for explanations only: no result ever depends on it. */
export interface BuildState {
  last(stepName: string): LastInputs | undefined;
  remember(stepName: string, inputs: StepInputs): void;
  /** Writes what is new to disk, atomically. One process at a time: hold the build directory's lock. */
  save(): Promise<void>;
}

/** A state that forgets, for runs without a build directory. */
export function createState(steps: ReadonlyMap<string, LastInputs> = new Map()): BuildState {
  return stateOf(new Map(steps), async () => {});
}

export function statePath(buildDirectory: string): string {
  return join(buildDirectory, '.build', 'livewright', 'state.json');
}

/** Reads the state of a build directory; an absent or damaged file is an empty memory. */
export async function openState(buildDirectory: string): Promise<BuildState> {
  const path = statePath(buildDirectory);
  return stateOf(parseState(await orIfAbsent(readFile(path, 'utf8'), '')), async (steps) => {
    const temporary = `${path}.new`;
    await mkdir(dirname(path), { recursive: true });
    // One may be left from a killed build.
    await rm(temporary, { force: true });
    await replaceFile(path, `${canonicalJson({ steps: Object.fromEntries(steps) })}\n`, temporary);
  });
}

function stateOf(
  steps: Map<string, LastInputs>,
  write: (steps: ReadonlyMap<string, LastInputs>) => Promise<void>,
): BuildState {
  let isChanged = false;
  // One write after the other: steps end at the same time.
  let writing = Promise.resolve();
  return {
    last: (stepName) => steps.get(stepName),
    remember(stepName, { key, kind, version, inputs }) {
      if (steps.get(stepName)?.key === key) return;
      steps.set(stepName, { key, kind, version, inputs, when: new Date().toISOString() });
      isChanged = true;
    },
    save() {
      writing = writing.then(async () => {
        if (!isChanged) return;
        isChanged = false;
        await write(steps);
      });
      return writing;
    },
  };
}

function parseState(text: string): Map<string, LastInputs> {
  const steps = new Map<string, LastInputs>();
  try {
    const { steps: found } = JSON.parse(text) as { steps: Record<string, LastInputs> };
    for (const [name, last] of Object.entries(found)) {
      if (parseDigest(last.key) && 'inputs' in last) steps.set(name, last);
    }
  } catch {
    // Only explanations are lost.
  }
  return steps;
}
