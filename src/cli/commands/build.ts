import { planRun } from '../../engine/forecast.ts';
import { openState } from '../../engine/state.ts';
import { LivewrightError } from '../../errors.ts';
import { type PreparedBuild, prepareBuild } from '../../plan/prepare.ts';
import { allStageFiles } from '../../plan/stages.ts';
import { defaultStoreDirectory } from '../../store/layout.ts';
import { openStore } from '../../store/local.ts';
import type { CommandContext } from '../context.ts';
import { renderForecast } from '../forecast.ts';
import { hasTerminal } from '../phases.ts';
import { runBuild } from '../runBuild.ts';
import { readVersion } from '../version.ts';

/** `lb build`: makes the image that the configuration describes. */
export async function run(context: CommandContext): Promise<number> {
  const { directory, env } = context;
  const jobs = readJobs(context.options['jobs']);
  const isDry = context.options['dry-run'] === true;
  const profile = context.options['profile'];
  const argv = typeof profile === 'string' ? ['--profile', profile] : [];
  const isAttended = !isDry && hasTerminal(context);
  const prepared = await prepareBuild({ directory, env, version: readVersion(), argv, isAttended });
  const { plan, config } = prepared;
  if (isDry) return showForecast(context, prepared);
  return runBuild(context, { prepared, jobs, targets: plan.targets, stageFiles: allStageFiles(plan, config.values) });
}

export function readJobs(text: string | true | undefined): number {
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
