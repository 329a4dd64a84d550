import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { everywhere, named, readExplained } from './differences.ts';
import { type LiveBuild, unpackLiveBuild } from './liveBuild.ts';
import type { Row } from './row.ts';
import { autoRows } from './rows/auto.ts';
import { commandLineRows } from './rows/commandLine.ts';
import { fileRows } from './rows/files.ts';
import { imageRows } from './rows/image.ts';
import { obsoleteRows } from './rows/obsolete.ts';
import { treeRows } from './rows/trees.ts';
import { valueRows } from './rows/values.ts';
import { compareRow } from './sides.ts';

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

test.concurrent.each(Object.entries(rows))('%s', async (name, row: Row) => {
  const { ours, theirs, names, unexplained } = await compareRow(name, row, { workspace, liveBuild });
  expect(unexplained, ours.output + theirs.output).toEqual([]);
  expect(names).toEqual([...(row.differences ?? [])].sort());
  if (row.warns) expect([ours.warnings > 0, theirs.warnings > 0]).toEqual([true, true]);
  for (const difference of names) met.add(difference);
});

test('docs/differences.md explains what differs, and nothing else', () => {
  const explained = readExplained(new URL('../../docs/differences.md', import.meta.url));
  expect(explained.toSorted()).toEqual([...Object.keys(everywhere), ...Object.keys(named)].sort());
});

test('what is listed as a difference occurs', () => {
  expect(Object.keys(named).filter((name) => !met.has(name))).toEqual([]);
});
