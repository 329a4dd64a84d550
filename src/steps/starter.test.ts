import { expect, test } from 'vitest';
import type { Downloader } from '../debian/http.ts';
import { defineStep, type ResultOf, type Step } from '../engine/step.ts';
import type { IndexResult } from './indexResult.ts';
import { starterStep } from './starter.ts';

test('two starters of one archive have keys of their own', async () => {
  const found: IndexResult = { sources: [], contents: [], components: [], translations: [], dateSeconds: 0 };
  const index = defineStep({
    name: 'index',
    title: '',
    version: 1,
    needs: [],
    inputs: () => 0,
    run: async () => found,
  });
  const options = { index, epoch: { needs: [], secondsOf: () => 0 }, downloader: {} as Downloader };
  const texts = { architecture: 'amd64', installer: false, gui: false };
  const resultOf = ((step: Step) => (step === index ? found : 'package')) as ResultOf;
  const inputsOf = async (name: 'loadlin' | 'win32-loader') => {
    const step = starterStep({ ...options, name, texts });
    return [await step.needs[0]?.inputs(resultOf), await step.inputs(resultOf)];
  };
  const [loadlin, windows] = [await inputsOf('loadlin'), await inputsOf('win32-loader')];
  expect(loadlin[0]).not.toEqual(windows[0]);
  expect(loadlin[1]).not.toEqual(windows[1]);
});
