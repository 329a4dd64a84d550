import { renderSteps } from './steps.js';

/** @typedef {import('./measure.js').Sample} Sample */

/** Rows of the table: a title, and the scenario of each side that it compares. */
export const rows = [
  { title: 'cold, empty store', ours: 'cold', theirs: 'cold' },
  { title: 'cold, tools tree present', ours: 'cold-with-tools', theirs: 'cold' },
  { title: 'nothing changed', ours: 'unchanged', theirs: 'unchanged' },
  { title: 'one included file edited', ours: 'edited', theirs: 'edited' },
  { title: 'one package added', ours: 'package-added', theirs: 'package-added' },
];

const explanation = `What was run, each time after the image of the row before:

| row | Livewright | live-build |
|---|---|---|
| cold, empty store | \`lb build\` in a new directory, store empty | \`lb build\` in a new directory |
| cold, tools tree present | the same, the store holding the programs that build and the list of packages they come from, nothing of an image | the same figure |
| nothing changed | \`lb build\` | \`lb build\` (it skips what has a stage file; the image stays) |
| one included file edited | \`lb build\` | \`lb clean\`, \`lb config\`, \`lb build\`, with \`cache/\` kept |
| one package added | \`lb build\` after adding \`htop\` to a package list | the same three commands |

Before each command, what was written before is brought to the disk (sync). live-build does not notice an edit: a step that is done is skipped until \`lb clean\`, and \`lb clean\` also forgets
\`lb config\`. So the three commands are what its user has to type; their times are added.

*By hand* is \`bench/byHand.sh\`: mmdebstrap, mksquashfs, isolinux, shim and GRUB, xorriso, with the same packages, included files and codec,
and nothing of what live-build and Livewright do besides (stock hooks, lists of contents). It keeps nothing, so it is run again for every row, and
each row has the same figure. Programs that live-build and the script need were installed beforehand, and are not counted.

*Peak memory* is that of our own process (VmHWM of Node), without the programs that it starts, at its highest in all rows.`;

/** @param {any} results @returns {string} */
export function renderReport(results) {
  const { date, machine, versions, loadAtStart, options, runs, samples } = results;
  return `# Measured beside live-build and a script

${date}; ${runs === 1 ? 'one run' : `medians of ${runs} runs`}, seconds. Made by \`node bench/run.js\`; raw figures in \`results.json\`.

| | Livewright | live-build | ratio | by hand | ratio |
|---|---:|---:|---:|---:|---:|
${measuredRows(samples)
  .map((row) => renderRow(row, samples))
  .join('\n')}
| size of the image | ${renderSize(samples, 'ours')} | ${renderSize(samples, 'live-build')} | | ${renderSize(samples, 'by-hand')} | |
| peak memory of our own process | ${renderPeak(samples)} | | | | |

Livewright ${versions.ours} on Node ${versions.node}, as ${machine.user}; live-build ${versions.liveBuild}, as root; mmdebstrap ${versions.mmdebstrap}
and mksquashfs ${versions.squashfsTools} by hand, as root.
${machine.processor}; ${machine.memory}; ${machine.system}; ${machine.fileSystem}. Load at the start: ${loadAtStart.toFixed(2)}.

${explanation}

## Where the time goes
Of Livewright's builds, the run in the middle; steps that took a tenth of a second or more, in seconds since the build began.

${renderSteps(samples)}
## What was built
Configuration: \`config/\` of \`examples/first\`, and
\`\`\`
lb config ${wrap(options)}
\`\`\`

| raw | ${Array.from({ length: runs }, (_, run) => `run ${run + 1}`).join(' | ')} |
|---|${'---:|'.repeat(runs)}
${renderRaw(samples, runs)}
`;
}

/** Without rows that were not asked for (--rows). @param {Sample[]} samples */
function measuredRows(samples) {
  const scenarios = new Set(samples.map(({ scenario }) => scenario));
  return rows.filter(({ ours }) => scenarios.has(ours));
}

/** @param {typeof rows[number]} row @param {Sample[]} samples */
function renderRow({ title, ours, theirs }, samples) {
  const mine = median(samples, 'ours', ours);
  const others = [median(samples, 'live-build', theirs), median(samples, 'by-hand', 'cold')];
  return `| ${title} | ${[shown(mine), ...others.flatMap((other) => [shown(other), ratio(mine, other)])].join(' | ')} |`;
}

/** @param {number | undefined} mine @param {number | undefined} other */
function ratio(mine, other) {
  if (mine === undefined || other === undefined) return '';
  const times = other / mine;
  return `${times < 100 ? times.toPrecision(2) : times.toFixed(0)}×`;
}

/** @param {number | undefined} seconds */
function shown(seconds) {
  if (seconds === undefined) return 'not measured';
  return seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0);
}

/**
 * Undefined if any run failed: a median of the luckier runs would be a lie.
 * @param {Sample[]} samples @param {string} half @param {string} scenario
 */
export function median(samples, half, scenario) {
  const own = samples.filter((sample) => sample.half === half && sample.scenario === scenario);
  const seconds = own.flatMap((sample) => (sample.seconds === undefined ? [] : [sample.seconds])).sort((a, b) => a - b);
  if (own.length === 0 || seconds.length < own.length) return undefined;
  const middle = seconds.length >> 1;
  return seconds.length % 2 === 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
}

/** @param {Sample[]} samples @param {string} half */
function renderSize(samples, half) {
  const bytes = samples.find((sample) => sample.half === half && sample.imageBytes !== undefined)?.imageBytes;
  return bytes === undefined ? '' : `${(bytes / 1e6).toFixed(0)} MB`;
}

/** @param {Sample[]} samples */
function renderPeak(samples) {
  const peaks = samples.flatMap(({ half, peakBytes }) => (half === 'ours' && peakBytes ? [peakBytes] : []));
  return peaks.length === 0 ? 'not measured' : `${(Math.max(...peaks) / 2 ** 20).toFixed(0)} MiB`;
}

/** @param {Sample[]} samples @param {number} runs */
function renderRaw(samples, runs) {
  const names = [...new Set(samples.map(({ half, scenario }) => `${half} ${scenario}`))];
  return names
    .map((name) => {
      const own = samples.filter(({ half, scenario }) => `${half} ${scenario}` === name);
      const cells = Array.from({ length: runs }, (_, index) => own.find(({ run }) => run === index + 1));
      return `| ${name} | ${cells.map((cell) => cell?.seconds?.toFixed(2) ?? 'failed').join(' | ')} |`;
    })
    .join('\n');
}

/** One option a line. @param {string[]} words */
function wrap(words) {
  return words.map((word) => (word.startsWith('--') ? `\\\n  ${word}` : word)).join(' ');
}
