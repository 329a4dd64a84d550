#!/usr/bin/env node
// Measures what each codec, level and block size of the system image costs and gives, on the configuration of run.js.
// Figures go to codecs.json, the table of them to docs/compression.md. Plain JavaScript: it runs without being compiled.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { codecChoices, nameOf } from './codecList.js';
import { measureBoot, measureCodec, prepareCodecs } from './codecRuns.js';
import { measureSample } from './codecSample.js';
import { writeTables } from './codecTable.js';
import { readHostMirrors } from './config.js';
import { describeMachine, describeVersions } from './machine.js';

const usage = `Usage: node bench/codecs.js --work DIRECTORY [--only REGEX] [--boot] [--again] [--minutes N]
                           [--sample ROOT] [--table]

Compresses the system of examples/first with each codec, edits a file, and builds again. What codecs.json has is not
measured again without --again, so the work may be broken off. DIRECTORY takes 15 GB and is yours to delete; a codec
can be measured there once. --only takes rows by name ("zstd 19, 1M"), --minutes begins none after that time. With --boot,
images that were measured are booted instead, by BIOS from a CD. --sample measures mksquashfs alone, on every tenth file
of a system (say, chroot/ after lb chroot --extract). --table only writes the tables.
`;

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const resultsPath = join(project, 'bench/codecs.json');
const string = { type: /** @type {const} */ ('string') };
const boolean = { type: /** @type {const} */ ('boolean') };
const { values } = parseArgs({
  options: {
    work: string,
    only: string,
    minutes: string,
    sample: string,
    boot: boolean,
    again: boolean,
    table: boolean,
    help: boolean,
  },
});
if (values.help || (values.work === undefined && !values.table)) process.stdout.write(usage);
else await main();

async function main() {
  const results = readResults();
  if (values.sample !== undefined) takeSample(values.sample, results);
  else if (!values.table) await measure(results);
  writeTables(project, results);
}

/** @param {ReturnType<typeof readResults>} results */
async function measure(results) {
  const work = resolve(values.work ?? '');
  mkdirSync(work, { recursive: true });
  const options = { project, work, timeoutMs: 30 * 60_000, mirrors: readHostMirrors() };
  const wanted = codecChoices.filter((choice) => new RegExp(values.only ?? '').test(nameOf(choice)));
  const due = wanted.filter((choice) => isDue(results.codecs[nameOf(choice)], choice));
  if (due.length > 0 && !values.boot) await prepareCodecs(options);
  for (const choice of due) {
    if (performance.now() > Number(values.minutes ?? '1000') * 60_000) break;
    const name = nameOf(choice);
    const load = loadavg()[0];
    const old = results.codecs[name];
    const figures = values.boot
      ? { ...old, boots: [...(old?.boots ?? []), await measureBoot(options, choice)] }
      : { ...(await measureCodec(options, choice)), boots: old?.boots ?? [] };
    results.codecs[name] = figures;
    console.error(`${name} (load ${load.toFixed(1)}): ${JSON.stringify(figures)}`);
    Object.assign(results, { machine: describeMachine(work), versions: describeVersions(project) });
    keep(results);
  }
}

/** @param {string} root @param {ReturnType<typeof readResults>} results */
function takeSample(root, results) {
  const work = resolve(values.work ?? '');
  mkdirSync(work, { recursive: true });
  results.sample = measureSample(resolve(root), work);
  keep(results);
}

/** After every codec: what was measured is not lost when the rest is broken off. */
function keep(results) {
  writeFileSync(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
}

function isDue(figures, choice) {
  if (values.boot) return figures !== undefined && choice.boots && (values.again || figures.boots.length === 0);
  return figures === undefined || values.again;
}

/**
 * @typedef {object} CodecResults
 * @property {Record<string, import('./codecRuns.js').CodecFigures>} codecs
 * @property {ReturnType<typeof measureSample>} [sample]
 * @property {any} [machine]
 * @property {any} [versions]
 */

/** @returns {CodecResults} */
function readResults() {
  try {
    return JSON.parse(readFileSync(resultsPath, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return { codecs: {} };
    throw error;
  }
}
