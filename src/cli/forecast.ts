import type { Forecast } from '../engine/forecast.ts';
import { formatDuration } from './reporters/format.ts';

/** What a build would do, a line a step: `lb build --dry-run`. */
export function renderForecast(forecasts: readonly Forecast[]): string {
  const width = Math.max(...forecasts.map(({ step }) => step.length));
  const causes = findCauses(forecasts);
  const lines = forecasts.map(
    (forecast) => `${forecast.step.padEnd(width)}  ${describe(forecast, causes.get(forecast.step) ?? [])}\n`,
  );
  return lines.join('') + summary(forecasts);
}

function describe(forecast: Forecast, causes: readonly string[]): string {
  if (forecast.verdict === 'reused') return `reused (saves ${formatDuration(forecast.savedMs)})`;
  if (forecast.verdict === 'run') return `runs: ${forecast.reason}`;
  return `runs if the result changes of: ${causes.join(', ')}`;
}

/** For each step the steps at the beginning of its chain: those that run for certain. `forecasts` are in running order. */
export function findCauses(forecasts: readonly Forecast[]): ReadonlyMap<string, readonly string[]> {
  const causes = new Map<string, readonly string[]>();
  for (const forecast of forecasts) {
    const own =
      forecast.verdict === 'depends' ? forecast.on.flatMap((name) => causes.get(name) ?? []) : [forecast.step];
    causes.set(forecast.step, [...new Set(own)]);
  }
  return causes;
}

function summary(forecasts: readonly Forecast[]): string {
  const count = (verdict: Forecast['verdict']): number => forecasts.filter((item) => item.verdict === verdict).length;
  return `\n${count('run')} would run, ${count('depends')} may run, ${count('reused')} would be reused.\n`;
}
