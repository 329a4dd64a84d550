import { readFileSync } from 'node:fs';

/**
 * A step that ran, or all hooks together.
 * @typedef {object} StepTime
 * @property {string} step
 * @property {number} from seconds since the build's start
 * @property {number} seconds
 */

/** Shorter ones are left out. */
const LEAST_SECONDS = 0.1;

/**
 * What ran in a build, from the events that `lb build --json` wrote; in the order in which it began.
 * @param {string} log path
 * @returns {StepTime[]}
 */
export function readSteps(log) {
  const lines = readFileSync(log, 'utf8').split('\n');
  const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const begun = Date.parse(events.find(({ type }) => type === 'build-started')?.time);
  /** @type {Map<string, StepTime>} */
  const steps = new Map();
  for (const { type, step, time, durationMs } of events) {
    if (type !== 'step-done') continue;
    const name = step.startsWith('hook:') ? 'hooks' : step;
    const from = (Date.parse(time) - begun - durationMs) / 1000;
    const known = steps.get(name) ?? { step: name, from, seconds: 0 };
    steps.set(name, { ...known, seconds: known.seconds + durationMs / 1000 });
  }
  const long = [...steps.values()].filter(({ seconds }) => seconds >= LEAST_SECONDS);
  return long.sort((a, b) => a.from - b.from);
}

const titles = {
  'cold-with-tools': 'Cold, tools tree present',
  edited: 'One included file edited',
  'package-added': 'One package added',
};

/** @param {import('./measure.js').Sample[]} samples */
export function renderSteps(samples) {
  return Object.entries(titles)
    .map(([scenario, title]) => renderScenario(title, samples, scenario))
    .join('\n');
}

/** Of the run in the middle. @param {string} title @param {import('./measure.js').Sample[]} samples @param {string} scenario */
function renderScenario(title, samples, scenario) {
  const own = samples
    .filter((sample) => sample.half === 'ours' && sample.scenario === scenario && sample.steps !== undefined)
    .sort((a, b) => (a.seconds ?? 0) - (b.seconds ?? 0));
  const middle = own[own.length >> 1];
  if (middle === undefined) return '';
  const rows = middle.steps.map(
    ({ step, from, seconds }) => `| \`${step}\` | ${from.toFixed(1)} | ${seconds.toFixed(1)} |`,
  );
  return `### ${title}
${middle.seconds.toFixed(1)} s, in which all processes together took ${middle.cpuSeconds.toFixed(0)} s of the processors.

| step | from | takes |
|---|---:|---:|
${rows.join('\n')}
`;
}
