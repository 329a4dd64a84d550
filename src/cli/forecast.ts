import type { Forecast } from '../engine/forecast.ts';
import { formatDuration } from './reporters/format.ts';

/** What a build would do, a line a step: `lb build --dry-run`. */
export function renderForecast(forecasts: readonly Forecast[]): string {
  const width = Math.max(...forecasts.map(({ step }) => step.length));
  const lines = forecasts.map((forecast) => `${forecast.step.padEnd(width)}  ${describe(forecast)}\n`);
  return lines.join('') + summary(forecasts);
}

function describe(forecast: Forecast): string {
  if (forecast.verdict === 'reused') return `reused (saves ${formatDuration(forecast.savedMs)})`;
  if (forecast.verdict === 'run') return `runs: ${forecast.reason}`;
  return `runs if the result changes of: ${forecast.on.join(', ')}`;
}

function summary(forecasts: readonly Forecast[]): string {
  const count = (verdict: Forecast['verdict']): number => forecasts.filter((item) => item.verdict === verdict).length;
  return `\n${count('run')} would run, ${count('depends')} may run, ${count('reused')} would be reused.\n`;
}
