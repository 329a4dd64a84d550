import { join } from 'node:path';
import { compareFacts, type NamedMismatches, nameMismatches } from './compare.ts';
import { expandOurs, expandTheirs } from './lists.ts';
import type { LiveBuild } from './liveBuild.ts';
import { type Facts, observeTree } from './observe.ts';
import { configure, type Finished, lay, ourStockHooks, ours, type Program, type Scene, theirs } from './programs.ts';
import type { Row } from './row.ts';

/** Where both sides run. */
export interface Field {
  readonly workspace: string;
  readonly liveBuild: LiveBuild;
}

export interface Comparison extends NamedMismatches {
  readonly ours: Finished;
  readonly theirs: Finished;
}

/** Runs a row on both sides, each in a directory of its own, and compares what came of it. */
export async function compareRow(name: string, row: Row, field: Field): Promise<Comparison> {
  const place = name.replaceAll(/[^a-z0-9]+/gi, '-');
  const scene = (who: string) => ({ directory: join(field.workspace, who, place), row });
  const other = theirs(field.liveBuild);
  const begin = row.begunBy === undefined ? undefined : row.begunBy === 'ours' ? ours : other;
  const mine = await runSide({ program: ours, begin: begin ?? ours }, scene('ours'), field);
  const original = await runSide({ program: other, begin: begin ?? other }, scene('theirs'), field);
  const named = nameMismatches(compareFacts(mine.facts, original.facts), row);
  return { ...named, ours: mine.last, theirs: original.last };
}

interface Programs {
  readonly program: Program;
  /** Does the first run. */
  readonly begin: Program;
}

/** A run that is refused is the last. */
async function runSide(
  { program, begin }: Programs,
  scene: Scene,
  field: Field,
): Promise<{ last: Finished; facts: Facts }> {
  lay(scene);
  let last: Finished = { isDone: false, output: '', warnings: 0 };
  for (const [index, words] of scene.row.runs.entries()) {
    last = await configure(index === 0 ? begin : program, scene, words);
    if (!last.isDone) break;
  }
  const outcome: [string, string] = ['outcome', last.isDone ? 'done' : 'refused'];
  return { last, facts: new Map([outcome, ...(await observe(program, scene, field))]) };
}

async function observe(program: Program, { directory, row }: Scene, { liveBuild }: Field): Promise<[string, string][]> {
  const tree = observeTree(directory, [ourStockHooks, join(liveBuild.checkout, 'share/hooks')]);
  if (!row.hasLists) return [...tree];
  const lists = program === ours ? await expandOurs(directory) : expandTheirs(directory, liveBuild);
  return [...tree, ...lists];
}
