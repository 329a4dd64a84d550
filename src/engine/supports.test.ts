import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { digestBytes } from '../store/digest.ts';
import { openStepLog, stepLogPath } from './log.ts';
import { createSlots } from './slots.ts';
import { openState, statePath } from './state.ts';
import { createThrottle } from './throttle.ts';

test('slots: never more than asked for, nobody is forgotten, a failure frees its slot', async () => {
  const inSlot = createSlots(3);
  let running = 0;
  let most = 0;
  const work = Array.from({ length: 20 }, (_, i) =>
    inSlot(async () => {
      most = Math.max(most, ++running);
      await sleep(i % 4);
      running--;
      if (i % 5 === 0) throw new Error('on purpose');
    }),
  );
  const outcomes = await Promise.allSettled(work);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  expect(most).toBe(3);
});

test('throttle: the first at once, then the newest of each interval, the last in any case', async () => {
  const seen: number[] = [];
  const throttle = createThrottle<number>(50, (value) => seen.push(value));
  for (let i = 0; i <= 100; i++) throttle.push(i);
  expect(seen).toEqual([0]);
  await sleep(80);
  expect(seen).toEqual([0, 100]);
  throttle.push(101);
  throttle.push(102);
  throttle.flush();
  throttle.flush();
  await sleep(80);
  expect(seen).toEqual([0, 100, 102]);
});

test.each([
  ['rootfs', '/logs/rootfs.log'],
  ['hook:normal/0100-locale.hook.chroot', '/logs/hook:normal/0100-locale.hook.chroot.log'],
  ['a/../../b', '/logs/a/%../%../b.log'],
  ['/etc/passwd', '/logs/%/etc/passwd.log'],
  ['line\nbreak', '/logs/line%0Abreak.log'],
])('the log of %j is %s', (name, path) => {
  expect(stepLogPath('/logs', name)).toBe(path);
});

test('log: every line is on disk at once, the tail is the last twenty', async () => {
  const path = join(await tempDirectory(), 'deep/step.log');
  const errors: unknown[] = [];
  const log = openStepLog(path, (error) => errors.push(error));
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
  for (const line of lines) log.write(line);
  expect(await readFile(path, 'utf8')).toBe(`${lines.join('\n')}\n`);
  expect(log.tail).toEqual(lines.slice(10));
  log.close();
  expect(errors).toEqual([]);
});

test('log: one that cannot be written is told once and still has a tail', () => {
  const errors: unknown[] = [];
  const log = openStepLog('/dev/full', (error) => errors.push(error));
  log.write('one');
  log.write('two');
  log.close();
  expect(errors).toHaveLength(1);
  expect(log.tail).toEqual(['one', 'two']);
});

const inputs = { key: digestBytes('key'), kind: 'hook', version: 1, inputs: { a: [1] } };

test('state: remembered over processes; a write that was cut off before is no hindrance', async () => {
  const directory = await tempDirectory();
  const state = await openState(directory);
  expect(state.last('hook')).toBeUndefined();
  state.remember('hook', inputs);
  await mkdir(join(directory, '.build/livewright'), { recursive: true });
  await writeFile(`${statePath(directory)}.new`, '{"ste');
  await Promise.all([state.save(), state.save()]);
  const when = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect((await openState(directory)).last('hook')).toEqual({ ...inputs, when });
});

test.each(['', '{', '{"steps":{"hook":{}}}', '[]'])('state: the damaged file %j is an empty memory', async (text) => {
  const directory = await tempDirectory();
  await mkdir(join(directory, '.build/livewright'), { recursive: true });
  await writeFile(statePath(directory), text);
  const state = await openState(directory);
  expect(state.last('hook')).toBeUndefined();
  state.remember('hook', inputs);
  await state.save();
  expect((await openState(directory)).last('hook')).toMatchObject(inputs);
});
