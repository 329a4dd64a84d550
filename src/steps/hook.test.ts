import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { stepKey } from '../engine/key.ts';
import { defineStep, type ResultOf, type Step } from '../engine/step.ts';
import { normalizeJson } from '../store/canonical.ts';
import type { Json, TreeRef } from '../store/types.ts';
import { type HookOptions, hookStep } from './hook.ts';
import type { IndexResult } from './indexResult.ts';

const fixed = <R extends Json>(name: string): Step<R> =>
  defineStep<null, R>({
    ...{ name, title: name, version: 1, needs: [], inputs: () => null },
    run: () => Promise.reject(new Error('only its result is wanted')),
  });

interface Scene {
  readonly script?: string;
  readonly config?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly below?: string;
  readonly inRelease?: string;
  readonly proxy?: string;
  readonly name?: string;
}

/** The key of a hook's step in these circumstances. */
async function keyOf(scene: Scene): Promise<string> {
  const path = join(await tempDirectory(), 'hook');
  await writeFile(path, scene.script ?? '#!/bin/sh\n');
  const tools = fixed<TreeRef>('tools');
  const index = fixed<IndexResult>('index');
  const layer = fixed<TreeRef>('layer');
  const results: Readonly<Record<string, unknown>> = {
    tools: { tree: 't' },
    index: { sources: [{ inRelease: scene.inRelease ?? 'r' }], dateSeconds: 1 },
    layer: { tree: scene.below ?? 'b' },
  };
  const options: HookOptions = {
    base: {
      tools,
      debconfFrontend: 'noninteractive',
      debconfPriority: 'critical',
      epoch: { needs: [], secondsOf: () => 1 },
    },
    isStock: true,
    name: scene.name ?? 'normal/0100-a.hook.chroot',
    path,
    config: { path: '/nowhere', digest: async () => scene.config ?? 'c' },
    environment: scene.environment ?? {},
    network: {
      index,
      sourcesList: '',
      aptFiles: {},
      directories: [],
      proxy: scene.proxy ? { http_proxy: scene.proxy } : {},
    },
    below: [layer],
  };
  const step = hookStep(options);
  const resultOf: ResultOf = (wanted) => results[wanted.name] as never;
  return stepKey(step, normalizeJson(await step.inputs(resultOf)));
}

test.each<[string, Scene, Scene, 'same' | 'other']>([
  ['nothing changed', {}, {}, 'same'],
  ['its text', {}, { script: '#!/bin/sh\n#\n' }, 'other'],
  ['the layers below', {}, { below: 'c' }, 'other'],
  ['a variable of config/environment', {}, { environment: { A: '1' } }, 'other'],
  ['its file’s name', {}, { name: 'normal/0200-a.hook.chroot' }, 'other'],
  ['the state of the archive', {}, { inRelease: 's' }, 'same'],
  ['the caller’s proxy', {}, { proxy: 'http://proxy.example' }, 'same'],
  ['an option, for a hook that reads none', {}, { config: 'd' }, 'same'],
  [
    'an option, for a hook that reads them',
    { script: '. /live-build/config/common' },
    { script: '. /live-build/config/common', config: 'd' },
    'other',
  ],
])('the key after a change of %s', async (_, before, after, expected) => {
  expect((await keyOf(before)) === (await keyOf(after)) ? 'same' : 'other').toBe(expected);
});
