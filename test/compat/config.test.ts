import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareFacts, nameMismatches } from './compare.ts';
import { everywhere, named, readExplained } from './differences.ts';
import { expandOurs, expandTheirs } from './lists.ts';
import { type LiveBuild, unpackLiveBuild } from './liveBuild.ts';
import { type Facts, observeTree } from './observe.ts';
import { configure, type Finished, lay, ourStockHooks, ours, type Program, type Scene, theirs } from './programs.ts';
import type { Row } from './row.ts';
import { autoRows } from './rows/auto.ts';
import { commandLineRows } from './rows/commandLine.ts';
import { fileRows } from './rows/files.ts';
import { imageRows } from './rows/image.ts';
import { obsoleteRows } from './rows/obsolete.ts';
import { treeRows } from './rows/trees.ts';
import { valueRows } from './rows/values.ts';

// `lb config` of trixie's live-build and ours, with the same words, files and environment: what they wrote is compared.

const rows = { ...commandLineRows, ...valueRows, ...imageRows, ...fileRows, ...treeRows, ...autoRows, ...obsoleteRows };

let workspace = '';
let liveBuild: LiveBuild;
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'livewright-compat-'));
  liveBuild = await unpackLiveBuild(workspace);
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const met = new Set<string>();

interface Side {
  readonly last: Finished;
  readonly facts: Facts;
}

/** Runs one side. A run that is refused is the last. */
async function runSide(program: Program, scene: Scene, begin: Program): Promise<Side> {
  lay(scene);
  let last: Finished = { isDone: false, output: '', warnings: 0 };
  for (const [index, words] of scene.row.runs.entries()) {
    last = await configure(index === 0 ? begin : program, scene, words);
    if (!last.isDone) break;
  }
  return { last, facts: await observe(program, scene, last) };
}

async function observe(program: Program, scene: Scene, last: Finished): Promise<Facts> {
  const { directory, row } = scene;
  const outcome: [string, string] = ['outcome', last.isDone ? 'done' : 'refused'];
  const stock = [ourStockHooks, join(liveBuild.checkout, 'share/hooks')];
  const lists = !row.hasLists
    ? []
    : program === ours
      ? await expandOurs(directory)
      : expandTheirs(directory, liveBuild);
  return new Map([outcome, ...observeTree(directory, stock), ...lists]);
}

function sidesOf(row: Row): { ours: Program; theirs: Program; begin: Program | undefined } {
  const other = theirs(liveBuild);
  if (row.begunBy === undefined) return { ours, theirs: other, begin: undefined };
  return { ours, theirs: other, begin: row.begunBy === 'ours' ? ours : other };
}

test.concurrent.each(Object.entries(rows))('%s', async (name, row: Row) => {
  const sides = sidesOf(row);
  const place = name.replaceAll(/[^a-z0-9]+/gi, '-');
  const scene = (who: string) => ({ directory: join(workspace, who, place), row });
  const [mine, original] = [
    await runSide(sides.ours, scene('ours'), sides.begin ?? sides.ours),
    await runSide(sides.theirs, scene('theirs'), sides.begin ?? sides.theirs),
  ];
  const { names, unexplained } = nameMismatches(compareFacts(mine.facts, original.facts), row);
  expect(unexplained, mine.last.output + original.last.output).toEqual([]);
  expect(names).toEqual([...(row.differences ?? [])].sort());
  if (row.warns) expect([mine.last.warnings > 0, original.last.warnings > 0]).toEqual([true, true]);
  for (const difference of names) met.add(difference);
});

test('docs/differences.md explains what differs, and nothing else', () => {
  const explained = readExplained(new URL('../../docs/differences.md', import.meta.url));
  expect(explained.toSorted()).toEqual([...Object.keys(everywhere), ...Object.keys(named)].sort());
});

test('what is listed as a difference occurs', () => {
  expect(Object.keys(named).filter((name) => !met.has(name))).toEqual([]);
});
