import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { openStore } from '../store/local.ts';
import { planRun } from './forecast.ts';
import { runGraph } from './run.ts';
import { openState } from './state.ts';
import { defineStep } from './step.ts';

/** ask -> resolve -> image, and config -> image. */
function graph({ answer = 'one', config = 'x' }) {
  let asked = 0;
  const ask = defineStep({
    name: 'ask',
    title: 'ask',
    version: 1,
    needs: [],
    cache: 'never',
    inputs: () => null,
    run: async () => {
      asked++;
      return answer;
    },
  });
  const resolve = defineStep({
    name: 'resolve',
    title: 'resolve',
    version: 1,
    needs: [ask],
    inputs: (resultOf) => ({ answer: resultOf(ask) }),
    run: async ({ answer }) => `resolved ${answer}`,
  });
  const tree = defineStep({
    name: 'tree',
    title: 'tree',
    version: 1,
    needs: [],
    inputs: () => ({ config }),
    run: async ({ config }) => config,
  });
  const image = defineStep({
    name: 'image',
    title: 'image',
    version: 1,
    needs: [resolve, tree],
    inputs: (resultOf) => [resultOf(resolve), resultOf(tree)],
    run: async () => 'image',
  });
  return { targets: [image], timesAsked: () => asked };
}

async function newWorkshop() {
  const directory = await tempDirectory();
  const store = await openStore(join(directory, 'store'));
  const forecast = async (options: Parameters<typeof graph>[0], askOutside: boolean) => {
    const { targets, timesAsked } = graph(options);
    const steps = await planRun({ targets, store, state: await openState(directory), askOutside });
    return { timesAsked, verdicts: Object.fromEntries(steps.map((step) => [step.step, summary(step)])) };
  };
  const build = () => runGraph({ ...graph({}), store, buildDirectory: directory, events: { emit: () => {} } });
  return { forecast, build };
}

function summary(forecast: Awaited<ReturnType<typeof planRun>>[number]): string {
  if (forecast.verdict === 'run') return `run: ${forecast.reason}`;
  return forecast.verdict === 'depends' ? `depends on ${forecast.on.join(', ')}` : 'reused';
}

test('in a new directory, what cannot be known yet is said to depend', async () => {
  const { forecast } = await newWorkshop();
  const { verdicts, timesAsked } = await forecast({}, false);
  expect(verdicts).toEqual({
    ask: 'run: it asks the outside world in every build',
    resolve: 'depends on ask',
    tree: 'run: never ran here',
    image: 'depends on resolve, tree',
  });
  expect(timesAsked()).toBe(0);
});

test.each([
  ['nothing changed', {}, { resolve: 'reused', tree: 'reused', image: 'reused' }],
  [
    'the config changed',
    { config: 'y' },
    { resolve: 'reused', tree: 'run: inputs.config was x, is y', image: 'depends on tree' },
  ],
  [
    'the answer changed',
    { answer: 'two' },
    { resolve: 'run: inputs.answer was one, is two', tree: 'reused', image: 'depends on resolve' },
  ],
])('after a build, asking outside: %s', async (_, options, expected) => {
  const { forecast, build } = await newWorkshop();
  await build();
  const { verdicts, timesAsked } = await forecast(options, true);
  expect(verdicts).toEqual({ ask: 'run: it asks the outside world in every build', ...expected });
  expect(timesAsked()).toBe(1);
});
