#!/usr/bin/env node
// Measures this checkout, Debian's live-build and a script, one after the other, on the same configuration, machine and mirror.
// What each row means stands in report.js. Plain JavaScript: it runs without being compiled.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { prepareByHand, runByHand } from './byHand.js';
import { readHostMirrors, shownOptions } from './config.js';
import { prepareLiveBuild, runLiveBuild } from './liveBuild.js';
import { describeMachine, describeVersions } from './machine.js';
import { prepareOurs, runOurs } from './ours.js';
import { renderReport, rows } from './report.js';

const usage = `Usage: node bench/run.js [--runs N] [--only SIDES] [--rows SCENARIOS] [--out DIRECTORY]
                        [--work DIRECTORY] [--timeout MINUTES] [--add] [--check]

Builds the configuration of examples/first N times (default 3) with each, and writes RESULTS.md and results.json to
DIRECTORY (default: bench/). All but ours need root; what they are made of is installed with apt-get if it is missing.
SIDES: some of ours,live-build,by-hand. SCENARIOS: some of ${rows.map(({ ours }) => ours).join(',')};
what they build on is built, but not measured.
The work directory (default: a new one below ${tmpdir()}) needs about 10 GB; only its logs are kept.
A command that takes longer than --timeout (default 60) is killed. --add adds the runs to those that results.json has,
if they are of the same commit, tools, machine and options. --check prepares everything and builds nothing.
`;

const sides = ['ours', 'live-build', 'by-hand'];
const scenarios = rows.map(({ ours }) => ours);

await main();

async function main() {
  const options = readOptions();
  if (options === undefined) return;
  const load = loadavg()[0];
  if (load > 1) console.error(`bench: the load is ${load.toFixed(1)}; figures from a busy machine say little.`);
  const halves = [
    { name: 'ours', prepare: prepareOurs, run: runOurs },
    { name: 'live-build', prepare: prepareLiveBuild, run: runLiveBuild },
    { name: 'by-hand', prepare: prepareByHand, run: runByHand },
  ].filter(({ name }) => options.only.includes(name));
  try {
    for (const half of halves) half.prepare(options);
    if (options.check) return void console.error(`bench: ready; ${shownOptions(options.mirrors).join(' ')}`);
    const before = options.add ? readEarlier(options) : { runs: 0, samples: [], loadAtStart: 0 };
    const { samples } = before;
    for (let run = before.runs + 1; run <= before.runs + options.runs; run += 1) {
      for (const half of halves) samples.push(...(await half.run(options, run)));
      // After every run: a bench that is broken off leaves what it has measured.
      writeResults({ ...options, runs: run }, samples, Math.max(load, before.loadAtStart));
    }
  } catch (error) {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  }
}

function readOptions() {
  const string = { type: /** @type {const} */ ('string') };
  const boolean = { type: /** @type {const} */ ('boolean') };
  const known = {
    runs: string,
    only: string,
    rows: string,
    out: string,
    work: string,
    timeout: string,
    add: boolean,
    check: boolean,
    help: boolean,
  };
  try {
    const { values } = parseArgs({ options: known });
    if (values.help) return void process.stdout.write(usage);
    const project = dirname(dirname(fileURLToPath(import.meta.url)));
    const work = values.work === undefined ? mkdtempSync(join(tmpdir(), 'bench-')) : resolve(values.work);
    mkdirSync(join(work, 'logs'), { recursive: true });
    return {
      project,
      work,
      runs: positive(values.runs ?? '3', '--runs'),
      timeoutMs: positive(values.timeout ?? '60', '--timeout') * 60_000,
      only: someOf(values.only, sides, '--only'),
      wants: wantsOf(someOf(values.rows, scenarios, '--rows')),
      out: resolve(values.out ?? join(project, 'bench')),
      add: values.add === true,
      check: values.check === true,
      mirrors: readHostMirrors(),
    };
  } catch (error) {
    console.error(`bench: ${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

/** @param {string} text @param {string} name */
function positive(text, name) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number of at least 1.`);
  return value;
}

/** @param {readonly string[]} wanted */
function wantsOf(wanted) {
  return (/** @type {string} */ scenario) => wanted.includes(scenario);
}

/** @param {string | undefined} text @param {readonly string[]} known @param {string} name */
function someOf(text, known, name) {
  const words = text?.split(',') ?? known;
  if (words.every((word) => known.includes(word))) return words;
  throw new Error(`${name} takes some of ${known.join(',')}.`);
}

/** What figures are of; those of two are not put together. @param {any} options */
function describeSubject(options) {
  return {
    machine: describeMachine(options.work),
    versions: describeVersions(options.project),
    options: shownOptions(options.mirrors),
  };
}

/** @param {any} options */
function readEarlier(options) {
  const path = join(options.out, 'results.json');
  const earlier = JSON.parse(readFileSync(path, 'utf8'));
  for (const [name, value] of Object.entries(describeSubject(options))) {
    if (isDeepStrictEqual(earlier[name], value)) continue;
    throw new Error(`${path} is of other ${name}: ${JSON.stringify(earlier[name])}, now ${JSON.stringify(value)}.`);
  }
  return earlier;
}

/** @param {any} options @param {import('./measure.js').Sample[]} samples @param {number} load */
function writeResults(options, samples, load) {
  const { machine, versions, options: configured } = describeSubject(options);
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine,
    loadAtStart: load,
    versions,
    options: configured,
    runs: options.runs,
    samples,
  };
  const json = JSON.stringify(results, null, 2).replaceAll(options.work, 'WORK');
  writeFileSync(join(options.out, 'results.json'), `${json}\n`);
  const report = renderReport(results);
  writeFileSync(join(options.out, 'RESULTS.md'), report);
  console.log(report);
  for (const name of sides) rmSync(join(options.work, name), { recursive: true, force: true });
  console.error(`bench: logs are in ${join(options.work, 'logs')}.`);
  if (samples.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}
