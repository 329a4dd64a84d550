// What somebody does by hand in a root (--interactive) becomes a layer. With the real tools tree and overlayfs; needs root.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepKey } from '../../src/engine/key.ts';
import { handworkStep, workByHand } from '../../src/steps/handwork.ts';
import type { TreeRef } from '../../src/store/types.ts';
import { epochSeconds, openScene, type StepScene } from '../helpers/stepScene.ts';
import { isRoot } from '../helpers/user.ts';

const settings = { debconfFrontend: 'noninteractive', debconfPriority: 'critical', epochSeconds };

describe.runIf(isRoot)('work by hand', () => {
  let scene: StepScene;
  let tools: TreeRef;

  beforeAll(async () => {
    scene = await openScene();
    // With `script` and bash, as a Debian system has them.
    const hooks = scene.tools('hooks');
    tools = (await scene.run([hooks])).resultOf(hooks);
  });
  afterAll(() => scene.store.close());

  async function work(script: string): Promise<TreeRef> {
    const below = [tools, await scene.treeOf({ 'etc/name': 'target\n', 'etc/gone': 'x' })];
    const { signal } = new AbortController();
    return scene.store.withStaging((scratch) =>
      workByHand({
        ...{ store: scene.store, scratch, tools, below, settings, signal },
        ...{ lent: { '/etc/hosts': { content: 'lent\n' } }, binds: [], env: {} },
        argv: ['sh', '-c', script],
      }),
    );
  }

  const keyOf = async (layer: TreeRef) => {
    const step = handworkStep(() => layer, []);
    return stepKey(step, await step.inputs(() => null as never));
  };

  test('is kept as it was done, however the shell ends', async () => {
    const layer = await work(
      'test -e /livewright; grep -q lent /etc/hosts && echo by hand >>/etc/name; rm /etc/gone; exit 3',
    );
    const manifest = await scene.store.readManifest(layer);
    const names = manifest
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as string[]).slice(0, 2)]));
    expect(names).toEqual([
      ['.', 'd'],
      ['etc', 'd'],
      ['etc/gone', 'w'],
      ['etc/name', 'f'],
    ]);
  });

  test('counts by what was done: the same by another hand is the same, and nothing is nothing', async () => {
    const [one, two, other] = [await work('echo a >/a'), await work('echo a >/a; true'), await work('echo b >/a')];
    expect(two).toEqual(one);
    expect(await keyOf(two)).toBe(await keyOf(one));
    expect(await keyOf(other)).not.toBe(await keyOf(one));
    expect(await work('exit')).toEqual(await work('cat /etc/name >/dev/null'));
  });
});
