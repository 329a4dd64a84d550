import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { optionNames, rowOf } from '../../src/config/options.ts';
import { type LiveBuild, unpackLiveBuild } from './liveBuild.ts';
import { compareRow } from './sides.ts';

// What no table thinks of: options at random, one or two runs of them, the same ones every time.
const configurations = 30;

let workspace = '';
let liveBuild: LiveBuild;
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'livewright-random-'));
  liveBuild = await unpackLiveBuild(workspace);
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

/** Values for options whose values cannot be listed, by their names. */
const values: readonly (readonly [RegExp, readonly string[]])[] = [
  [/distribution/i, ['sid', 'bookworm', 'forky', 'unstable']],
  [/mirror|proxy/i, ['http://a.example/', 'http://b.example/debian']],
  [/areas/i, ['main', 'main contrib', 'main,non-free']],
  [/size|level|fec|pipeline|start/i, ['4', '9']],
  [/compressionType/i, ['zstd', 'xz -Xbcj x86']],
  [/./, ['one', 'one two']],
];

/** Neither ours alone nor a name for a file to run. */
const isFit = (name: string) => !/^(bootMenu|net|bootstrapQemu|hddLabel|imageName|mode|aptOptions)/.test(name);

const word = fc.constantFrom(...optionNames.filter(isFit)).chain((name): fc.Arbitrary<readonly string[]> => {
  const { long, switchValue, type } = rowOf(name);
  if (long === undefined) return fc.constant([]);
  if (switchValue !== undefined) return fc.constant([`--${long}`]);
  // btrfs is ours alone.
  const choices = type.choices?.filter((choice) => choice !== '' && choice !== 'btrfs');
  const known = choices ?? values.find(([pattern]) => pattern.test(name))?.[1] ?? [];
  return fc.constantFrom(...known).map((value) => [`--${long}`, value]);
});

const words = fc.array(word, { minLength: 3, maxLength: 9 }).map((found) => found.flat());
const runs = fc.array(words, { minLength: 1, maxLength: 2 });

const sample = fc.sample(runs, { seed: 20_250_505, numRuns: configurations }).map((argv, index) => ({ index, argv }));

test.concurrent.each(sample)('configuration $index: $argv', async ({ index, argv }) => {
  const row = { runs: argv, differences: ['frozen-defaults', 'uefi-everywhere', 'preseed-path', 'grub-on-disks'] };
  const { ours, theirs, unexplained } = await compareRow(String(index), row, { workspace, liveBuild });
  expect(unexplained, ours.output + theirs.output).toEqual([]);
});
