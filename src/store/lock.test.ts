import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareScripts } from '../../test/helpers/scripts.ts';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { tryLock, withBuildLock, withLock } from './lock.ts';
import { currentOwner, formatOwner, newMark } from './owner.ts';

const entries = ['src/store/lock.ts'];

/** Takes the lock again and again, and adds one to a counter file that only the lock protects. */
const counting = `
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from './src/store/lock.js';
const [lock, counter, rounds, dieInRound] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round++) {
  await withLock(lock, async () => {
    const count = Number(await readFile(counter, 'utf8'));
    await sleep(Math.random() * 3);
    if (round === Number(dieInRound)) process.kill(process.pid, 'SIGKILL');
    await writeFile(counter, String(count + 1));
  });
}
`;

const holding = `
import { tryLock } from './src/store/lock.js';
const attempt = await tryLock(process.argv[2]);
console.log(attempt.held ? 'held' : 'busy');
setInterval(() => {}, 1000);
`;

test('several processes, some of which die while they hold it, never hold it together', async () => {
  const scripts = await prepareScripts(entries, { 'counting.js': counting });
  const directory = await tempDirectory();
  const [lock, counter] = [join(directory, 'lock'), join(directory, 'counter')];
  await writeFile(counter, '0');
  const rounds = 12;
  const deaths = [-1, -1, 3, 6, 9, 9];
  const codes = await Promise.all(
    deaths.map((round) => scripts.start('counting.js', [lock, counter, `${rounds}`, `${round}`]).exit),
  );
  expect(codes).toEqual([0, 0, null, null, null, null]);
  const expected = deaths.reduce((sum, round) => sum + (round === -1 ? rounds : round), 0);
  expect(Number(await readFile(counter, 'utf8'))).toBe(expected);
  await withLock(lock, async () => {});
  expect(await readdir(directory)).toEqual(['counter']);
});

test('a lock whose holder was killed is free, and one whose holder lives is not', async () => {
  const scripts = await prepareScripts(entries, { 'holding.js': holding });
  const lock = join(await tempDirectory(), 'lock');
  const holder = scripts.start('holding.js', [lock]);
  expect(await holder.nextLine()).toBe('held');
  expect(await tryLock(lock)).toEqual({ held: false, holder: expect.objectContaining({ pid: holder.child.pid }) });
  holder.child.kill('SIGKILL');
  await holder.exit;
  const attempt = await tryLock(lock);
  expect(attempt.held).toBe(true);
});

test('of many that find a dead holder at the same time exactly one gets the lock', async () => {
  const lock = join(await tempDirectory(), 'lock');
  for (let round = 0; round < 60; round++) {
    await symlink(newMark().text.replace(/^\d+\.\d+/, '1.1'), lock);
    const attempts = await Promise.all(Array.from({ length: 8 }, () => tryLock(lock)));
    const held = attempts.filter((attempt) => attempt.held);
    expect(held).toHaveLength(1);
    await held[0]?.release();
  }
});

const { pid, startTicks, pidNamespace, boot } = currentOwner();
test.each([
  ['this process', { pid, startTicks, pidNamespace, boot }, false],
  ['an earlier process with our number', { pid, startTicks: '1', pidNamespace, boot }, true],
  ['a process of an earlier boot', { pid, startTicks, pidNamespace, boot: '0'.repeat(32) }, true],
  ['a number that no process has', { pid: 2 ** 22 + 1, startTicks, pidNamespace, boot }, true],
  ['a container that renewed it just now', { pid: 1, startTicks: '1', pidNamespace: '1', boot }, false],
])('a lock of %s', async (_, owner, isFree) => {
  const path = join(await tempDirectory(), 'lock');
  await symlink(`${formatOwner(owner)}.${'0'.repeat(16)}`, path);
  expect((await tryLock(path)).held).toBe(isFree);
});

test('a remover that died half-way does not block the lock', async () => {
  const directory = await tempDirectory();
  const lock = join(directory, 'lock');
  const dead = (nonce: string) => `${formatOwner({ pid, startTicks: '1', pidNamespace, boot })}.${nonce.repeat(16)}`;
  await symlink(dead('a'), lock);
  await symlink(dead('b'), `${lock}.${'a'.repeat(16)}`);
  await symlink(dead('c'), `${lock}.${'b'.repeat(16)}`);
  expect((await tryLock(lock)).held).toBe(true);
  expect(await readdir(directory)).toEqual(['lock']);
});

test('a waiter hears of the holder once, gives up on its signal, and gets the lock when it is free', async () => {
  const path = join(await tempDirectory(), 'lock');
  const first = await tryLock(path);
  const heard: number[] = [];
  const onWait = (holder: { pid: number }) => heard.push(holder.pid);
  const stop = new AbortController();
  const givenUp = withLock(path, async () => {}, { onWait, signal: stop.signal });
  const patient = withLock(path, async () => 'done', { onWait });
  setTimeout(() => stop.abort(), 60);
  await expect(givenUp).rejects.toThrow(/abort/i);
  if (first.held) await first.release();
  expect(await patient).toBe('done');
  expect(heard).toEqual([pid, pid]);
});

test('the lock is released when the action fails', async () => {
  const path = join(await tempDirectory(), 'lock');
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect((await tryLock(path)).held).toBe(true);
});

test('a second build in the same directory is told who is there', async () => {
  const directory = await tempDirectory();
  await withBuildLock(directory, async () => {
    await expect(withBuildLock(directory, async () => {})).rejects.toMatchObject({
      code: 'LOCKED',
      message: `Process ${pid} is already at work in ${directory}.`,
      data: { pid },
    });
  });
  expect(await withBuildLock(directory, async () => 'again')).toBe('again');
});

test('a file that is no lock is not removed', async () => {
  const path = join(await tempDirectory(), 'lock');
  await writeFile(path, 'mine');
  await expect(tryLock(path)).rejects.toMatchObject({ code: 'LOCKED', place: { path } });
  expect(await readFile(path, 'utf8')).toBe('mine');
});
