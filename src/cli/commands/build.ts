import { planRun } from '../../engine/forecast.ts';
import { runGraph } from '../../engine/run.ts';
import { openState } from '../../engine/state.ts';
import { LivewrightError } from '../../errors.ts';
import { toErrorReport } from '../../events/events.ts';
import { leaveOutputs } from '../../plan/leaveOutputs.ts';
import { type PreparedBuild, prepareBuild } from '../../plan/prepare.ts';
import { defaultStoreDirectory } from '../../store/layout.ts';
import { type LocalStore, openStore } from '../../store/local.ts';
import { withBuildLock } from '../../store/lock.ts';
import type { CommandContext } from '../context.ts';
import { renderForecast } from '../forecast.ts';
import { withRootPowers } from '../namespace.ts';
import { readVersion } from '../version.ts';

/** `lb build`: makes the image that the configuration describes. */
export async function run(context: CommandContext): Promise<number> {
  const { directory, env, events } = context;
  const jobs = readJobs(context.options['jobs']);
  const prepared = await prepareBuild({ directory, env, version: readVersion() });
  if (context.options['dry-run'] === true) return showForecast(context, prepared);
  const entered = await withRootPowers(context, prepared.plan.tools);
  if (entered !== undefined) return entered;
  for (const warning of prepared.warnings) events.emit({ type: 'warning', ...warning });
  const startMs = performance.now();
  const warn = (message: string): void => events.emit({ type: 'warning', message });
  const store = await openStore(defaultStoreDirectory(env), { warn });
  // What steps write, the medium above all, must not depend on who builds.
  const umask = process.umask(0o022);
  try {
    await withBuildLock(directory, () => build(context, { ...prepared, jobs }, store));
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

type Work = PreparedBuild & { readonly jobs: number };

async function build(context: CommandContext, work: Work, store: LocalStore): Promise<void> {
  const { config, plan, jobs } = work;
  const { directory, events, signal } = context;
  const startMs = performance.now();
  const outcome = await runGraph({
    targets: plan.targets,
    store,
    events,
    buildDirectory: directory,
    concurrency: jobs,
    signal,
  });
  const outputs = await leaveOutputs({ directory, config, plan, outcome, store });
  events.emit({
    type: 'build-done',
    ...outcome.statistics,
    durationMs: Math.round(performance.now() - startMs),
    outputs,
  });
}

function readJobs(text: string | true | undefined): number {
  if (text === undefined) return 4;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs > 0) return jobs;
  throw new LivewrightError('OPTION_VALUE', {
    message: `--jobs is "${text}"; expected a whole number from 1.`,
    hint: 'For example: lb build --jobs 2.',
  });
}

/** `lb build --dry-run`: asks the archives what they have, and runs nothing else. */
async function showForecast(context: CommandContext, { plan }: PreparedBuild): Promise<number> {
  const { directory, env, signal, stdout, options } = context;
  const store = await openStore(defaultStoreDirectory(env));
  try {
    const state = await openState(directory);
    const forecasts = await planRun({ targets: plan.targets, store, state, askOutside: true, signal });
    stdout.write(options['json'] === true ? `${JSON.stringify({ steps: forecasts })}\n` : renderForecast(forecasts));
  } finally {
    await store.close();
  }
  return 0;
}
