import { expect, test } from 'vitest';
import type { StepContext } from '../engine/step.ts';
import type { BlobRef } from '../store/types.ts';
import type { LockedPackage, LockSlice } from './lock.ts';
import { installWithApt, watchDpkg } from './packages.ts';
import type { ChrootLayer, ChrootProgram } from './workshop.ts';

test('each package counts half when it is unpacked and half when it is set up', () => {
  const seen: [number, number | undefined, string | undefined][] = [];
  const log: string[] = [];
  const context = {
    progress: (done, total, _unit, item) => seen.push([done, total, item]),
    log: (line) => log.push(line),
  } as Pick<StepContext, 'progress' | 'log'> as StepContext;
  const onLine = watchDpkg(context, 2);
  const lines = [
    'Selecting previously unselected package libc6:amd64.',
    'Unpacking libc6:amd64 (2.41-12) ...',
    'Unpacking libc6:amd64 (2.41-12) over (2.41-12) ...',
    'Unpacking vim (2:9) ...',
    'Setting up libc6:amd64 (2.41-12) ...',
    'Setting up vim (2:9) ...',
    'Setting up more (1) ...',
  ];
  for (const line of lines) onLine(line);
  expect(log).toEqual(lines);
  expect(seen).toEqual([
    [0.5, 2, 'libc6'],
    [0.5, 2, 'libc6'],
    [1, 2, 'vim'],
    [1.5, 2, 'libc6'],
    [2, 2, 'vim'],
    [2, 2, 'more'],
  ]);
});

const item = (name: string, automatic: boolean): LockedPackage => ({
  ...{ name, version: '1:2', architecture: 'amd64', sha256: '', sizeBytes: 0, url: '', automatic },
});

async function commandsOf(slice: Partial<LockSlice>): Promise<string[]> {
  const commands: string[] = [];
  const runInRoot = async ({ argv }: ChrootProgram) => {
    commands.push(argv.join(' '));
    return { stdout: '', durationMs: 0 };
  };
  await installWithApt({
    layer: { runInRoot } as Pick<ChrootLayer, 'runInRoot'> as ChrootLayer,
    slice: { name: 'live', packages: [], removed: [], index: {} as BlobRef, ...slice },
    binds: [],
    onLine: () => {},
  });
  return commands;
}

test.each<[Partial<LockSlice>, string[]]>([
  [{}, []],
  [{ packages: [item('a', false)] }, ['apt-get install a:amd64=1:2']],
  [
    { packages: [item('a', false)], foreign: ['i386'] },
    ['dpkg --add-architecture i386', 'apt-get install a:amd64=1:2'],
  ],
  [{ removed: ['b', 'c:i386'] }, ['apt-get install b- c:i386-']],
  [
    { packages: [item('a', false), item('d', true)], removed: ['b'] },
    ['apt-get install a:amd64=1:2 d:amd64=1:2 b-', 'apt-mark auto d:amd64'],
  ],
])('apt has nothing to decide: %j', async (slice, commands) => {
  expect(await commandsOf(slice)).toEqual(commands);
});
