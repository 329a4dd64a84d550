import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LivewrightEvent } from '../events/events.ts';
import type { Program } from '../sandbox/types.ts';
import { keepUp } from './keepUp.ts';
import { startReady } from './services.ts';

/** A real program that is started by `script`, with its file `life` to count its starts in. */
async function serve(script: string, shortestLifeMs: number) {
  const directory = await mkdtemp(join(tmpdir(), 'keep-up-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const life = join(directory, 'life');
  await writeFile(life, '');
  const start = ({ argv }: Program) => spawn(argv[0]!, argv.slice(1), { env: { ...process.env, life } });
  const room = { sandbox: { start }, toolsRoot: '/', scratch: directory };
  const events: LivewrightEvent[] = [];
  const controller = new AbortController();
  const service = await keepUp(
    () =>
      startReady(room, {
        ...{ name: 'server', hint: 'Look.', argv: ['sh', '-c', script], binds: [] },
        onLine: () => {},
        isReady: (line) => line === 'ready',
      }),
    { emit: (event) => events.push(event), signal: controller.signal, shortestLifeMs },
  );
  const starts = async () => (await readFile(life, 'utf8')).length;
  return { service, events, starts, controller };
}

const once =
  'printf x >>"$life"; echo ready; [ "$(cat "$life")" = x ] && { sleep 0.2; echo "last words"; exit 3; }; exec sleep 60';

test('a service that ends is started again, and that is told', async () => {
  const { service, events, starts } = await serve(once, 100);
  while ((await starts()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await service.stop();
  expect(events).toEqual([
    { type: 'warning', message: 'server does not serve; its last words: last words. It is started again.' },
  ]);
  expect(await starts()).toBe(2);
});

test('one that ends at once, or cannot start again, ends for good', async () => {
  const short = await serve('printf x >>"$life"; echo ready; exit 4', 60_000);
  expect(await short.service.ended).toMatchObject({ code: 4 });
  const unable = await serve(
    'printf x >>"$life"; [ "$(cat "$life")" = x ] || exit 5; echo ready; sleep 0.2; exit 6',
    100,
  );
  expect(await unable.service.ended).toMatchObject({ code: 6 });
  expect([await short.starts(), await unable.starts()]).toEqual([1, 2]);
});

test('one that is stopped, or ended by Ctrl-C, stays away', async () => {
  const { service, events, starts } = await serve(once.replace('exit 3', 'exec sleep 60'), 0);
  await service.stop();
  const other = await serve('printf x >>"$life"; echo ready; sleep 0.2', 0);
  other.controller.abort();
  await other.service.ended;
  expect([await starts(), await other.starts(), events, other.events]).toEqual([1, 1, [], []]);
});
