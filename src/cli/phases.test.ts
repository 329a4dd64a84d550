import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import type { Downloader } from '../debian/http.ts';
import { planBuild } from '../plan/plan.ts';
import { readBuildTree } from '../plan/tree.ts';
import type { CommandContext } from './context.ts';
import { phasesOf } from './phases.ts';

const refuse = () => {
  throw new Error('nothing runs here');
};

async function phasesFor(commandLine: string, breakpoints = false, isAttended = true) {
  const directory = await makeTree({ 'config/package-lists/a.list.chroot': 'vim\n' });
  const config = await configOf(directory, `-d trixie ${commandLine}`);
  const plan = planBuild({
    ...{ config, isAttended, toolsMirror: 'http://mirror.example/debian/', epochSeconds: undefined, proxy: {} },
    tree: await readBuildTree({ directory, config, env: {} }),
    downloader: new Proxy({}, { get: refuse }) as Downloader,
    ...{ keys: refuse, version: '1' },
  });
  const prepared = { config, plan, warnings: [] };
  const phases = phasesOf({ context: {} as CommandContext, prepared, targets: plan.targets, breakpoints });
  const ends = phases.map(({ targets, begin }) => [targets.at(-1)?.name, begin !== undefined]);
  return { ends, plan, phases };
}

test('a build is one phase', async () => {
  const { ends, plan } = await phasesFor('');
  expect([ends, plan.handwork]).toEqual([[['listings', false]], undefined]);
});

test('with breakpoints, a word is waited for before each stage that has work', async () => {
  const { ends } = await phasesFor('', true);
  expect(ends).toEqual([
    ['bootstrap', true],
    ['listings', true],
    ['listings', true],
  ]);
  expect((await phasesFor('--debian-installer netinst', true)).ends.map(([name]) => name)).toContain('installer');
});

test.each(['shell', 'true'])(
  'with --interactive %s, the system is made first, and the shell comes before the rest',
  async (type) => {
    const { ends, plan, phases } = await phasesFor(`--interactive ${type}`);
    expect(ends).toEqual([
      ['initrd', false],
      ['listings', true],
    ]);
    expect(plan.layers.map(({ name }) => name).slice(-3)).toEqual(['initrd', 'interactive', 'apt']);
    expect(phases.at(-1)?.targets).toEqual(plan.targets);
  },
);

test('both: the shell belongs to the stage of the system, and is opened once', async () => {
  expect((await phasesFor('--interactive shell', true)).ends).toEqual([
    ['bootstrap', true],
    ['initrd', true],
    ['listings', true],
    ['listings', true],
  ]);
});

test('nothing is done by hand where nobody is there, or where another kind is asked for', async () => {
  expect((await phasesFor('--interactive shell', false, false)).plan.handwork).toBeUndefined();
  expect((await phasesFor('--interactive xnest')).plan.handwork).toBeUndefined();
});
