import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { openStore } from '../store/local.ts';
import type { BlobRef, Json } from '../store/types.ts';
import { planRun } from './forecast.ts';
import { runGraph } from './run.ts';
import { createState } from './state.ts';
import { defineStep, type Step } from './step.ts';
import type { Witness } from './witness.ts';

/** What a step works on: it reads the entry that its rule names, and no other. */
type World = { readonly rule: string; readonly world: { readonly [name: string]: string } };

const witness: Witness = {
  fixed: (inputs) => ({ rule: (inputs as World).rule }),
  difference: async (inputs, seen, store) => {
    const [name, value] = JSON.parse(await readFile(await store.blobPath(seen), 'utf8')) as [string, string];
    return (inputs as World).world[name] === value ? undefined : name;
  },
};

async function scene() {
  const directory = await tempDirectory();
  const store = await openStore(join(directory, 'store'));
  const state = createState();
  let runs = 0;
  const reader = (inputs: World, tells = true): Step =>
    defineStep<Json, Json>({
      ...{ name: 'reader', title: 'reader', version: 1, needs: [], witness, inputs: () => inputs },
      run: async (given, context) => {
        runs += 1;
        const { rule, world } = given as World;
        if (tells) context.saw(await context.store.putBytes(JSON.stringify([rule, world[rule]])));
        return { read: world[rule] ?? null, made: await context.store.putBytes(`made of ${world[rule]}`) };
      },
    });
  const build = async (inputs: World, tells = true) => {
    const before = runs;
    const step = reader(inputs, tells);
    const events = { emit: () => {} };
    const { resultOf } = await runGraph({ targets: [step], store, events, state, buildDirectory: directory });
    return { result: resultOf(step) as { readonly read: string; readonly made: BlobRef }, ran: runs > before };
  };
  const plan = async (inputs: World) => (await planRun({ targets: [reader(inputs)], store, state }))[0];
  const forecast = async (inputs: World) => (await plan(inputs))?.verdict;
  const reasons = async (inputs: World) => {
    const planned = await plan(inputs);
    return planned?.verdict === 'run' ? planned.reason : undefined;
  };
  return { directory, store, build, forecast, reasons };
}

const one: World = { rule: 'a', world: { a: '1', b: '1' } };

test('another world in which what was looked at is the same needs no run', async () => {
  const { build, forecast } = await scene();
  expect((await build(one)).ran).toBe(true);
  const other = { ...one, world: { a: '1', b: '2', c: '3' } };
  expect(await forecast(other)).toBe('reused');
  expect(await build(other)).toMatchObject({ ran: false, result: { read: '1' } });
});

test.each<[string, World]>([
  ['what was looked at has changed', { ...one, world: { a: '2', b: '1' } }],
  ['what was looked at is gone', { ...one, world: { b: '1' } }],
  ['the fixed inputs have changed', { ...one, rule: 'b' }],
])('it runs when %s', async (_, inputs) => {
  const { build, forecast } = await scene();
  await build(one);
  expect(await forecast(inputs)).toBe('run');
  expect((await build(inputs)).ran).toBe(true);
});

test('why it runs is said in terms of what it looked at', async () => {
  const { build, reasons } = await scene();
  await build(one);
  expect(await reasons({ ...one, world: { a: '2', b: '2' } })).toContain('it looks at a, which has changed');
  expect(await reasons({ ...one, rule: 'b' })).toBe('inputs.rule was a, is b');
});

test('going back and forth runs nothing twice', async () => {
  const { build } = await scene();
  const worlds = ['1', '2', '3'].map((a): World => ({ rule: 'a', world: { a } }));
  for (const world of worlds) expect((await build(world)).ran).toBe(true);
  for (const [i, world] of worlds.entries()) {
    const elsewhere = { ...world, world: { ...world.world, more: 'x' } };
    expect(await build(elsewhere)).toMatchObject({ ran: false, result: { read: String(i + 1) } });
  }
});

test('who does not tell what it saw runs for every change', async () => {
  const { build } = await scene();
  await build(one, false);
  expect((await build({ ...one, world: { a: '1', b: '2' } }, false)).ran).toBe(true);
});

test('a purge takes what was seen along, and then it runs again', async () => {
  const { directory, store, build } = await scene();
  const { result } = await build(one);
  await store.purge(directory);
  expect(await store.hasBlob(result.made)).toBe(false);
  expect((await build({ ...one, world: { a: '1', b: '2' } })).ran).toBe(true);
});
