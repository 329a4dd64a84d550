#!/usr/bin/env node
// Builds each tree of trees/ by live-build and by us, compares the two, boots ours, and writes
// docs/full-builds.md. As root, on Debian with live-build; hours, and some GB in --work.
//   node test/full/run.js [--work DIR] [--stages theirs,ours,compare,boot,report] [--live-build VERSION] [TREE...]
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runAndFollow } from './peak.js';
import { writeReport } from './report.js';
import { keepCache, lendCache, liveBuild, mirrorOptions, ours, project, trixieLiveBuild } from './sides.js';
import { trees } from './trees.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: 'string', default: '/var/tmp/livewright-full' },
    stages: { type: 'string', default: 'theirs,ours,compare,boot,report' },
    'live-build': { type: 'string', multiple: true },
  },
});
const work = resolve(values.work);
const stages = new Set(values.stages.split(','));

/** @param {string} name @returns {any} */
const readResult = (name) => {
  const file = join(work, name, 'result.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
};

/** Adds to what is known of a tree. @param {string} name @param {Record<string, unknown>} facts */
const note = (name, facts) => {
  mkdirSync(join(work, name), { recursive: true });
  writeFileSync(join(work, name, 'result.json'), `${JSON.stringify({ ...readResult(name), ...facts }, null, 2)}\n`);
};

/** @param {import('./trees.js').Tree} tree @param {import('./sides.js').Side} side */
async function build(tree, side) {
  const directory = join(work, tree.name, side.name);
  rmSync(directory, { recursive: true, force: true });
  cpSync(join(project, 'test/full/trees', tree.name), directory, { recursive: true, verbatimSymlinks: true });
  const end = await tree.prepare?.(directory);
  const output = openSync(join(work, tree.name, `${side.name}.log`), 'w');
  const command = (/** @type {string[]} */ words) =>
    runAndFollow({ argv: [...side.argv, ...words], cwd: directory, env: side.env, output });
  const shelf = join(work, 'caches', side.name, shelfOf(tree.name));
  try {
    const configured = await command(['config', ...mirrorOptions()]);
    if (side !== ours) lendCache(directory, shelf);
    const built = configured.code === 0 ? await command(['build']) : configured;
    note(tree.name, {
      [side.name]: { code: built.code, seconds: built.seconds, ...(side === ours && { peaks: built.peaks }) },
    });
    console.log(`${tree.name}: ${side.name}: exit code ${built.code}, ${built.seconds.toFixed(0)} s`);
  } finally {
    end?.();
    if (side !== ours) {
      keepCache(directory, shelf);
      rmSync(join(directory, 'chroot'), { recursive: true, force: true });
    }
  }
}

/** Trees with the same base system share what live-build keeps of it. @param {string} name */
function shelfOf(name) {
  const text = readFileSync(join(project, 'test/full/trees', name, 'auto/config'), 'utf8');
  const words = /--distribution (\S+)|--debootstrap-options "([^"]*)"/g;
  return [...text.matchAll(words)]
    .map((match) => match[1] ?? match[2])
    .join(' ')
    .replaceAll(/[^\w]+/g, '-');
}

/** @param {import('./trees.js').Tree} tree @param {import('./sides.js').Side} theirs */
function compare(tree, theirs) {
  const directory = join(work, tree.name, 'ours');
  const words = ['compat', join('..', theirs.name), '--all'];
  const run = (/** @type {string[]} */ more) =>
    spawnSync(ours.argv[0] ?? '', [...ours.argv.slice(1), ...words, ...more], {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
  const { stdout } = run(['--json']);
  writeFileSync(join(work, tree.name, `compat-${theirs.name}.txt`), run([]).stdout);
  note(tree.name, { [`compat-${theirs.name}`]: JSON.parse(stdout) });
  console.log(`${tree.name}: compared`);
}

/** @param {import('./trees.js').Tree} tree */
function boot(tree) {
  const directory = join(work, tree.name, 'ours');
  const words = ['test', '--boots', tree.boots.join(',')];
  const log = openSync(join(work, tree.name, 'boot.log'), 'w');
  const { status } = spawnSync(ours.argv[0] ?? '', [...ours.argv.slice(1), ...words], {
    cwd: directory,
    stdio: ['ignore', log, log],
  });
  const verdicts = join(directory, '.build/livewright/boots/verdicts.json');
  note(tree.name, {
    boots: { code: status, verdicts: existsSync(verdicts) ? JSON.parse(readFileSync(verdicts, 'utf8')) : {} },
  });
  console.log(`${tree.name}: boots: exit code ${status}`);
}

const named = positionals.length > 0 ? trees.filter(({ name }) => positionals.includes(name)) : trees;
for (const tree of named) {
  const versions = values['live-build'] ?? tree.versions ?? [trixieLiveBuild];
  const sides = versions.map((version) => liveBuild(version, work));
  if (stages.has('theirs')) for (const side of sides) await build(tree, side);
  if (stages.has('ours')) await build(tree, ours);
  if (stages.has('compare')) for (const side of sides) compare(tree, side);
  if (stages.has('boot')) boot(tree);
}
if (stages.has('report')) writeReport(trees.map((tree) => ({ tree, result: readResult(tree.name) })));
