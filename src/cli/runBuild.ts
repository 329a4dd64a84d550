import type { GraphOutcome } from '../engine/run.ts';
import { runGraph } from '../engine/run.ts';
import type { Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { toErrorReport } from '../events/events.ts';
import { leaveOutputs } from '../plan/leaveOutputs.ts';
import type { PreparedBuild } from '../plan/prepare.ts';
import { writeStageFiles } from '../plan/stageFiles.ts';
import { isCorrupt } from '../store/corrupt.ts';
import { defaultStoreDirectory } from '../store/layout.ts';
import { type LocalStore, openStore } from '../store/local.ts';
import { withBuildLock } from '../store/lock.ts';
import type { CommandContext } from './context.ts';
import { withRootPowers } from './namespace.ts';
import { hasTerminal, phasesOf } from './phases.ts';

/** All of a build, or a slice of it. */
export interface BuildWork {
  readonly prepared: PreparedBuild;
  readonly targets: readonly Step[];
  /** Files of `.build/` to leave when all has succeeded. */
  readonly stageFiles: readonly string[];
  /** What to tell the user first. */
  readonly note?: string;
  /** How many steps run at once. */
  readonly jobs: number;
  /** What else is to be done with the results while the build directory is locked. */
  readonly finish?: (outcome: GraphOutcome, store: LocalStore) => Promise<void>;
}

/** Runs steps for the build directory and leaves there what they made. Returns the exit code of the command. */
export async function runBuild(context: CommandContext, work: BuildWork): Promise<number> {
  const { directory, env, events } = context;
  const entered = await withRootPowers(context, work.prepared.plan.tools);
  if (entered !== undefined) return entered;
  if (work.note !== undefined) events.emit({ type: 'note', message: work.note });
  for (const warning of work.prepared.warnings) events.emit({ type: 'warning', ...warning });
  const startMs = performance.now();
  const warn = (message: string): void => events.emit({ type: 'warning', message });
  const store = await openStore(defaultStoreDirectory(env), { warn });
  // What steps write, the medium above all, must not depend on who builds.
  const umask = process.umask(0o022);
  try {
    await withBuildLock(directory, () => build(context, work, store));
    return 0;
  } catch (error) {
    if (error instanceof LivewrightError) {
      const durationMs = Math.round(performance.now() - startMs);
      events.emit({ type: 'build-failed', durationMs, error: toErrorReport(error) });
    }
    throw error;
  } finally {
    process.umask(umask);
    await store.close();
  }
}

async function build(context: CommandContext, work: BuildWork, store: LocalStore): Promise<void> {
  const { config, plan } = work.prepared;
  const { directory, events } = context;
  const startMs = performance.now();
  const runAndLeave = async () => {
    const outcome = await runPhases(context, work, store);
    return { outcome, outputs: await leaveOutputs({ directory, config, plan, outcome, store }) };
  };
  // Once more where somebody wrote to an image, of which the store has the same file: what made it runs again then.
  const { outcome, outputs } = await runAndLeave().catch((error: unknown) => {
    if (!isCorrupt(error)) throw error;
    return runAndLeave();
  });
  await work.finish?.(outcome, store);
  await writeStageFiles(directory, work.stageFiles);
  events.emit({
    type: 'build-done',
    ...outcome.statistics,
    durationMs: Math.round(performance.now() - startMs),
    outputs,
  });
}

/** The outcome of the last phase, which has all of the work in it. */
async function runPhases(context: CommandContext, work: BuildWork, store: LocalStore): Promise<GraphOutcome> {
  const { directory, events, signal, flags } = context;
  const { prepared, targets, jobs } = work;
  const breakpoints = hasTerminal(context) && (flags.breakpoints || prepared.config.values.breakpoints);
  const run = { store, events, buildDirectory: directory, concurrency: jobs, signal };
  let outcome: GraphOutcome | undefined;
  for (const phase of phasesOf({ context, prepared, targets, breakpoints })) {
    await phase.begin?.(outcome, store);
    outcome = await runGraph({ ...run, targets: phase.targets });
  }
  if (outcome === undefined) throw new Error('a build has no phase');
  return outcome;
}
