import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readHostFacts } from '../../src/config/hostFacts.ts';
import type { ToolsTreeName } from '../../src/debian/toolsSpec.ts';
import { runGraph } from '../../src/engine/run.ts';
import { defineStep, type Step } from '../../src/engine/step.ts';
import type { LivewrightEvent } from '../../src/events/events.ts';
import { archiveAccess } from '../../src/plan/prepare.ts';
import { sealLayer } from '../../src/rootfs/seal.ts';
import { toolsSteps } from '../../src/steps/tools.ts';
import { type LocalStore, openStore } from '../../src/store/local.ts';
import type { Json, TreeRef } from '../../src/store/types.ts';
import { runDirectory, sharedStore } from './lb.ts';

export const epochSeconds = 1_700_000_000;
export const epoch = { needs: [], secondsOf: () => epochSeconds };

export type Files = Readonly<Record<string, string>>;

/** Single steps, run for real on fabricated results of the steps before them. */
export interface StepScene {
  readonly store: LocalStore;
  readonly tools: (tree: ToolsTreeName) => Step<TreeRef>;
  /** A new directory below the run's. */
  directory(files?: Files): Promise<string>;
  treeOf(files: Files): Promise<TreeRef>;
  /** Results of `targets` by name, and what the user was told. */
  run(targets: readonly Step[]): Promise<{ readonly resultOf: <R extends Json>(step: Step<R>) => R; notes: string[] }>;
}

/** A step that has this result. */
export function fixed<R extends Json>(name: string, result: R): Step<R> {
  return defineStep({ name, title: name, version: 1, needs: [], inputs: () => result, run: async () => result });
}

export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

export async function openScene(): Promise<StepScene> {
  const store = await openStore(process.env['LIVEWRIGHT_STORE'] ?? sharedStore());
  const base = await mkdtemp(runDirectory('steps-'));
  const { mirrors } = await readHostFacts({ directory: base, env: process.env });
  const of = toolsSteps({ mirror: mirrors.main, ...archiveAccess(process.env) });
  const known = new Map<ToolsTreeName, Step<TreeRef>>();
  return {
    store,
    tools: (tree) => {
      const step = known.get(tree) ?? of(tree);
      known.set(tree, step);
      return step;
    },
    directory: async (files = {}) => {
      const directory = await mkdtemp(join(base, 'build-'));
      await writeFiles(directory, files);
      return directory;
    },
    treeOf: (files) =>
      store.withStaging(async (scratch) => {
        const directory = join(scratch, 'tree');
        await mkdir(directory);
        await writeFiles(directory, files);
        return store.putTree(directory, await sealLayer({ directory, epochSeconds }));
      }),
    run: async (targets) => {
      const notes: string[] = [];
      const emit = (event: LivewrightEvent): void => void (event.type === 'step-note' && notes.push(event.message));
      const { resultOf } = await runGraph({ targets, store, events: { emit } });
      return { resultOf, notes };
    },
  };
}
