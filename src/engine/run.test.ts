import { EventEmitter, once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { LivewrightError } from '../errors.ts';
import type { LivewrightEvent } from '../events/events.ts';
import { openStore } from '../store/local.ts';
import type { BlobRef, Json } from '../store/types.ts';
import { type GraphOutcome, type RunOptions, runGraph } from './run.ts';
import { defineStep, type ResultOf, type Step, type StepContext } from './step.ts';

type Event<T extends LivewrightEvent['type']> = Extract<LivewrightEvent, { readonly type: T }>;

/** A build directory with a store; `build` runs a graph there and returns what happened. */
async function newWorkshop() {
  const directory = await tempDirectory();
  const store = await openStore(join(directory, 'store'));
  const buildDirectory = join(directory, 'build');

  async function build(targets: readonly Step[], options: Partial<RunOptions> = {}) {
    const events: LivewrightEvent[] = [];
    const settings = {
      targets,
      store,
      buildDirectory,
      events: { emit: (event: LivewrightEvent) => events.push(event) },
    };
    const outcome: GraphOutcome | { error: unknown } = await runGraph({ ...settings, ...options }).catch(
      (error: unknown) => ({ error }),
    );
    const ofType = <T extends LivewrightEvent['type']>(type: T) =>
      events.filter((event): event is Event<T> => event.type === type);
    const ran = ofType('step-done').map((event) => event.step);
    return { outcome, error: 'error' in outcome ? outcome.error : undefined, events, ofType, ran };
  }
  return { directory, buildDirectory, store, build };
}

interface Making {
  readonly needs?: readonly Step[];
  readonly inputs?: (resultOf: ResultOf) => Json;
  readonly run?: (context: StepContext, inputs: Json) => Promise<Json | undefined>;
  readonly cache?: 'store' | 'never';
  readonly version?: number;
  readonly kind?: string;
}

function step(name: string, { needs = [], inputs, run, cache = 'store', version = 1, kind = name }: Making = {}): Step {
  return defineStep<Json, Json>({
    name,
    title: `the ${name}`,
    kind,
    version,
    needs,
    cache,
    inputs: inputs ?? ((resultOf) => needs.map((needed) => resultOf(needed))),
    run: async (given, context) => (await run?.(context, given)) ?? `result of ${name}`,
  });
}

test('runs what is needed in order, once; the second time everything is reused', async () => {
  const { build, buildDirectory } = await newWorkshop();
  const a = step('a', { run: () => sleep(30).then(() => undefined) });
  const b = step('b', { needs: [a] });
  const unneeded = step('unneeded');
  const first = await build([b, a]);
  expect(first.events[0]).toEqual({ type: 'build-started', directory: buildDirectory, steps: ['a', 'b'] });
  expect(first.ran).toEqual(['a', 'b']);
  expect(first.ofType('step-started').map(({ reason }) => reason)).toEqual(['never ran here', 'never ran here']);
  expect(first.ran).not.toContain(unneeded.name);
  const second = await build([b]);
  expect(second.ran).toEqual([]);
  expect(second.ofType('step-reused').map((event) => event.step)).toEqual(['a', 'b']);
  expect(second.ofType('step-reused')[0]?.savedMs).toBeGreaterThanOrEqual(25);
  expect(second.outcome).toMatchObject({ statistics: { stepsRun: 0, stepsReused: 2 } });
  expect((second.outcome as GraphOutcome).resultOf(b)).toBe('result of b');
});

test('early cut-off: a step that gives the same result again does not make others run', async () => {
  const { build } = await newWorkshop();
  const graph = (text: string) => {
    const source = step('source', { inputs: () => text, run: async () => text.trim() });
    return [step('last', { needs: [step('middle', { needs: [source], run: async (_, inputs) => inputs })] })];
  };
  expect((await build(graph('x'))).ran).toEqual(['source', 'middle', 'last']);
  const again = await build(graph('  x '));
  expect(again.ran).toEqual(['source']);
  expect(again.ofType('step-started')[0]?.reason).toBe('inputs was x, is " x "');
  expect((await build(graph('y'))).ran).toEqual(['source', 'middle', 'last']);
});

test('a step that asks always runs; the same answer keeps the rest', async () => {
  const { build, store, buildDirectory } = await newWorkshop();
  const graph = (answer: string) => {
    const ask = step('ask', { cache: 'never', run: async ({ store }) => store.putBytes(answer) });
    return [step('use', { needs: [ask] })];
  };
  expect((await build(graph('one'))).ran).toEqual(['ask', 'use']);
  expect((await build(graph('one'))).ran).toEqual(['ask']);
  expect((await build(graph('two'))).ran).toEqual(['ask', 'use']);
  // Both answers belong to the build directory: their objects go with it.
  expect(await store.purge(buildDirectory)).toMatchObject({ actions: 4 });
});

test('the value a step gets is the one that would come back from the store', async () => {
  const { build } = await newWorkshop();
  const a = step('a', { run: async () => ({ z: -0, a: [{ y: 1, x: 2 }] }) });
  const seen: string[] = [];
  const b = step('b', { needs: [a], run: async (_, inputs) => void seen.push(JSON.stringify(inputs)) });
  await build([b]);
  expect(seen).toEqual(['[{"a":[{"x":2,"y":1}],"z":0}]']);
});

test('at most `concurrency` steps run at once, and independent ones do run together', async () => {
  const { build } = await newWorkshop();
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await sleep(40);
    running--;
    return undefined;
  };
  const steps = Array.from({ length: 6 }, (_, i) => step(`step-${i}`, { run: work }));
  await build(steps, { concurrency: 3 });
  expect(most).toBe(3);
});

test('a failure stops the rest: nothing new starts, running steps are told and waited for', async () => {
  const { build } = await newWorkshop();
  let isCleanedUp = false;
  const slowRuns = new EventEmitter();
  const slowStarted = once(slowRuns, 'started');
  const slow = step('slow', {
    run: ({ signal }) => {
      slowRuns.emit('started');
      return sleep(10_000, undefined, { signal }).catch(async (error: unknown) => {
        await sleep(50);
        isCleanedUp = true;
        throw error;
      });
    },
  });
  const bad = step('bad', {
    run: async ({ log }) => {
      for (let i = 0; i < 25; i++) log(`line ${i}`);
      await slowStarted;
      throw new LivewrightError('PROGRAM_FAILED', { message: 'It broke.', data: { replay: 'lb shell -- false' } });
    },
  });
  const { error, ofType, ran } = await build([slow, bad, step('after', { needs: [bad] })], { concurrency: 2 });
  expect(error).toMatchObject({ code: 'PROGRAM_FAILED' });
  expect(isCleanedUp).toBe(true);
  expect(ran).toEqual([]);
  expect(
    ofType('step-started')
      .map((event) => event.step)
      .sort(),
  ).toEqual(['bad', 'slow']);
  const [failed, stopped] = ofType('step-failed');
  expect(failed).toMatchObject({ step: 'bad', replay: 'lb shell -- false', error: { code: 'PROGRAM_FAILED' } });
  expect(failed?.tail).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i + 5}`));
  expect(await readFile(failed?.logPath ?? '', 'utf8')).toMatch(/^line 0\n(.*\n){23}line 24\n$/);
  expect(stopped).toMatchObject({
    step: 'slow',
    error: { code: 'INTERRUPTED', message: 'Stopped because bad failed.' },
  });
});

test('the signal of the caller ends the build as INTERRUPTED; what was done is kept', async () => {
  const { build } = await newWorkshop();
  const stop = new AbortController();
  const quick = step('quick');
  const slow = step('slow', { needs: [quick], run: ({ signal }) => sleep(10_000, undefined, { signal }) });
  setTimeout(() => stop.abort(), 150);
  const { error, ofType } = await build([step('last', { needs: [slow] })], { signal: stop.signal });
  expect(error).toMatchObject({ code: 'INTERRUPTED', message: 'The build was interrupted.' });
  expect(ofType('step-failed').map((event) => event.step)).toEqual(['slow']);
  expect((await build([quick])).ran).toEqual([]);
  const before = await build([step('other')], { signal: AbortSignal.abort() });
  expect(before.error).toMatchObject({ code: 'INTERRUPTED' });
  expect(before.ofType('step-started')).toEqual([]);
});

test('a full disk is DISK_FULL; a mistake of the program passes through as it is', async () => {
  const { build } = await newWorkshop();
  const full = step('full', { run: () => writeFile('/dev/full', 'x').then(() => undefined) });
  const { error } = await build([full]);
  expect(error).toMatchObject({ code: 'DISK_FULL', data: { freeBytes: expect.any(Number) } });
  const mistake = new TypeError('x is not a function');
  const wrong = await build([step('wrong', { run: () => Promise.reject(mistake) })]);
  expect(wrong.error).toBe(mistake);
  expect(wrong.ofType('step-failed')[0]?.error).toEqual({ code: 'INTERNAL', message: 'x is not a function' });
});

test('a step whose inputs cannot be made fails like one that ran', async () => {
  const { build } = await newWorkshop();
  const bad = new LivewrightError('CONFIG_MISSING', { message: 'It is not there.' });
  const inputs = () => {
    throw bad;
  };
  const { error, ofType } = await build([step('a', { inputs })]);
  expect(error).toBe(bad);
  expect(ofType('step-failed')).toHaveLength(1);
  expect(ofType('step-started')).toHaveLength(0);
});

test('a result that refers to nothing is a mistake that shows at once', async () => {
  const { build } = await newWorkshop();
  const { error } = await build([step('a', { run: async () => ({ tree: '0'.repeat(64) }) })]);
  expect(error).toMatchObject({
    message: expect.stringContaining('step a refers to objects that are not in the store'),
  });
});

test('progress is thinned out, output goes to log and events, the log of a reused step stays', async () => {
  const { build, buildDirectory } = await newWorkshop();
  const a = step('hook:a/b', {
    run: async ({ progress, log, note }) => {
      for (let i = 1; i <= 1000; i++) progress(i, 1000, 'files', `file ${i}`);
      log('one\ntwo\n');
      note('look here');
      return undefined;
    },
  });
  const { ofType } = await build([a]);
  const progress = ofType('step-progress').map(({ done, total, unit, item }) => [done, total, unit, item]);
  expect(progress).toEqual([
    [1, 1000, 'files', 'file 1'],
    [1000, 1000, 'files', 'file 1000'],
  ]);
  expect(ofType('step-output').map(({ line }) => line)).toEqual(['one', 'two']);
  expect(ofType('step-note')).toMatchObject([{ step: 'hook:a/b', message: 'look here' }]);
  await build([a]);
  const log = join(buildDirectory, '.build/livewright/logs/hook:a/b.log');
  expect(await readFile(log, 'utf8')).toBe('one\ntwo\n');
});

test('two builds that want the same key: the second waits for the first and reuses', async () => {
  const { build, directory, store } = await newWorkshop();
  let runs = 0;
  const slow = () =>
    step('slow', {
      run: async () => {
        runs++;
        await sleep(300);
        return undefined;
      },
    });
  const other = await openStore(store.root);
  const second = sleep(60).then(() => build([slow()], { store: other, buildDirectory: join(directory, 'other') }));
  const first = await build([slow()]);
  expect(first.ran).toEqual(['slow']);
  expect((await second).ofType('step-reused')).toHaveLength(1);
  expect((await second).ofType('step-note')[0]?.message).toMatch(/^Waiting for .* the same work\.$/);
  expect(runs).toBe(1);
});

test('two steps of one graph with the same work do it once', async () => {
  const { build } = await newWorkshop();
  let runs = 0;
  const run = async () => {
    runs++;
    await sleep(50);
    return undefined;
  };
  const twins = ['a', 'b'].map((name) => step(name, { kind: 'twin', run }));
  const { outcome } = await build(twins);
  expect(outcome).toMatchObject({ statistics: { stepsRun: 1, stepsReused: 1 } });
  expect(runs).toBe(1);
});

test('a damaged object makes the step that made it run again, within the same build', async () => {
  const { build, store } = await newWorkshop();
  const make = step('make', { run: ({ store }) => store.putBytes('content') });
  const use = (version: number) =>
    step('use', {
      needs: [make],
      version,
      run: async ({ store }, inputs) => {
        const [ref] = inputs as [BlobRef];
        return readFile(await store.blobPath(ref), 'utf8');
      },
    });
  const first = await build([use(1)]);
  const path = await store.blobPath((first.outcome as GraphOutcome).resultOf(make) as BlobRef);
  await chmod(path, 0o644);
  await writeFile(path, 'CONTENT');
  // The next process: this one has checked the blob already.
  const next = await openStore(store.root);
  const { error, ran, ofType, outcome } = await build([use(2)], { store: next });
  expect(error).toBeUndefined();
  expect(ran).toEqual(['make', 'use']);
  expect(ofType('warning')).toHaveLength(1);
  expect(ofType('step-failed')).toEqual([]);
  expect((outcome as GraphOutcome).resultOf(use(2))).toBe('content');
});

test('a build that fails leaves its results to the build directory, for reuse and for purge', async () => {
  const { build, store, buildDirectory } = await newWorkshop();
  const good = step('good');
  await build([step('bad', { needs: [good], run: () => Promise.reject(new Error('no')) })]);
  expect((await build([good])).ran).toEqual([]);
  expect(await store.purge(buildDirectory)).toMatchObject({ actions: 1 });
  const again = await build([good]);
  expect(again.ofType('step-started')[0]?.reason).toBe('its result is no longer in the store');
});
