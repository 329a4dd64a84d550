import { type Forecast, planRun } from '../../engine/forecast.ts';
import { orderSteps } from '../../engine/graph.ts';
import { openState } from '../../engine/state.ts';
import { prepareBuild } from '../../plan/prepare.ts';
import { defaultStoreDirectory } from '../../store/layout.ts';
import { openStore } from '../../store/local.ts';
import type { CommandContext } from '../context.ts';
import { findCauses } from '../forecast.ts';
import { formatDuration } from '../reporters/format.ts';
import { findStep } from '../stepNames.ts';
import { readVersion } from '../version.ts';

/** `lb explain STEP`: which of the step's inputs changed since it last ran here. */
export async function run(context: CommandContext): Promise<number> {
  const { directory, env, positionals, signal, stdout } = context;
  const { plan } = await prepareBuild({ directory, env, version: readVersion() });
  const wanted = findStep(positionals[0], orderSteps(plan.targets));
  const store = await openStore(defaultStoreDirectory(env));
  try {
    const state = await openState(directory);
    const forecasts = await planRun({ targets: plan.targets, store, state, askOutside: true, signal });
    const forecast = forecasts.find(({ step }) => step === wanted);
    if (forecast === undefined) throw new Error(`no forecast for ${wanted}`);
    const causes = findCauses(forecasts).get(wanted) ?? [];
    stdout.write(context.options['json'] === true ? `${JSON.stringify(forecast)}\n` : render(forecast, causes));
  } finally {
    await store.close();
  }
  return 0;
}

function render(forecast: Forecast, causes: readonly string[]): string {
  const head = `${forecast.step} (${forecast.title})`;
  if (forecast.verdict === 'reused') {
    return `${head} would be reused: nothing that goes into it changed. That saves ${formatDuration(forecast.savedMs)}.\n`;
  }
  if (forecast.verdict === 'depends') {
    return `${head} would run if the result changes of: ${causes.join(', ')}. See \`lb explain ${causes[0]}\`.\n`;
  }
  const changes = forecast.differences.map(({ text }) => `  ${text}\n`).join('');
  return `${head} would run:\n${changes || `  ${forecast.reason}\n`}`;
}
