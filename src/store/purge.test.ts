import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { prepareScripts } from '../../test/helpers/scripts.ts';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { digestBytes } from './digest.ts';
import { type LocalStore, openStore } from './local.ts';
import type { Json } from './types.ts';

/** Does as a step would: puts a blob and a tree, and an action that refers to them. */
async function makeAction(store: LocalStore, name: string, contents: readonly string[]) {
  const blobs = await Promise.all(contents.map((content) => store.putBytes(content)));
  const tree = await store.withStaging(async (directory) => {
    await writeFile(join(directory, 'file'), name);
    return store.putTree(directory, `manifest of ${name}`);
  });
  const key = digestBytes(name);
  await store.putAction({ key, step: name, result: [tree, ...blobs] as Json, durationMs: 1 });
  return { key, tree, blobs };
}

async function newStore() {
  return openStore(join(await tempDirectory(), 'store'));
}

test('drops what only this directory uses, of all its builds, and keeps the rest', async () => {
  const store = await newStore();
  const shared = await makeAction(store, 'shared', ['package']);
  const old = await makeAction(store, 'old', ['old content']);
  const mine = await makeAction(store, 'mine', ['content', 'in both']);
  const theirs = await makeAction(store, 'theirs', ['in both']);
  await store.putRoot('/build/a', [shared.key, old.key]);
  await store.putRoot('/build/a', [shared.key, mine.key]);
  await store.putRoot('/build/b', [shared.key, theirs.key]);
  const freed = await store.purge('/build/a');
  expect(freed.actions).toBe(2);
  expect(freed.bytes).toBeGreaterThan('old content'.length + 'content'.length);
  for (const { key } of [shared, theirs]) expect(await store.getAction(key)).toBeDefined();
  for (const { key } of [old, mine]) expect(await store.getAction(key)).toBeUndefined();
  const present = await Promise.all([...old.blobs, ...mine.blobs].map(store.hasBlob));
  expect(present).toEqual([false, false, true]);
  expect(await store.hasTree(mine.tree)).toBe(false);
  expect(await store.findBlob(mine.tree.tree)).toBeUndefined();
  expect(await store.purge('/build/a')).toEqual({ actions: 0, bytes: 0 });
  expect((await store.purge('/build/b')).actions).toBe(2);
  for (const kind of ['ac', 'cas', 'trees']) {
    const shards = await readdir(join(store.root, kind));
    const names = await Promise.all(shards.map((shard) => readdir(join(store.root, kind, shard))));
    expect(names.flat()).toEqual([]);
  }
});

test('a slice that ran last does not leave the rest of a build to a purge elsewhere, nor to a later one', async () => {
  const store = await newStore();
  const base = await makeAction(store, 'base', ['base']);
  const image = await makeAction(store, 'image', ['image']);
  const elsewhere = await makeAction(store, 'elsewhere', ['elsewhere']);
  // `lb build`, then `lb bootstrap`, here; the same system in another directory.
  await store.putRoot('/build/a', [base.key, image.key]);
  await store.putRoot('/build/a', [base.key]);
  await store.putRoot('/build/b', [base.key, image.key, elsewhere.key]);
  await store.purge('/build/b');
  for (const { key } of [base, image]) expect(await store.getAction(key)).toBeDefined();
  expect(await store.getAction(elsewhere.key)).toBeUndefined();
  // What a failed build or a command for tools records is less still.
  await store.putRoot('/build/a', []);
  await store.putRoot('/build/b', [image.key]);
  await store.purge('/build/b');
  expect(await store.getAction(image.key)).toBeDefined();
  // And it is this directory's own to drop.
  expect((await store.purge('/build/a')).actions).toBe(2);
  expect(await store.getAction(image.key)).toBeUndefined();
});

const using = `
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from './src/store/local.js';
import { digestBytes } from './src/store/digest.js';
const [root, rounds, stay] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round++) {
  const store = await openStore(root);
  const blob = await store.putBytes('shared content');
  const tree = await store.withStaging(async (directory) => {
    await writeFile(directory + '/file', 'x');
    return store.putTree(directory, 'manifest');
  });
  await sleep(Math.random() * 20);
  await readFile(await store.blobPath(blob));
  await readFile(await store.treePath(tree) + '/file');
  const key = digestBytes('key');
  await store.putAction({ key, step: 'x', result: [blob, tree], durationMs: 1 });
  if (!(await store.getAction(key))) throw new Error('the action is incomplete');
  await store.putRoot('/build/a', [key]);
  if (stay) break;
  await store.close();
}
console.log('done');
if (stay) setInterval(() => {}, 1000);
`;

test('waits for a process that uses the store, and goes on when that is killed', async () => {
  const directory = join(await tempDirectory(), 'store');
  const waits: number[] = [];
  const store = await openStore(directory, { onWait: ({ pid }) => waits.push(pid) });
  const scripts = await prepareScripts(['src/store/local.ts'], { 'using.js': using });
  const user = scripts.start('using.js', [directory, '1', 'stay']);
  expect(await user.nextLine()).toBe('done');
  let isPurged = false;
  const purge = store.purge('/build/a').finally(() => {
    isPurged = true;
  });
  await sleep(600);
  expect(isPurged).toBe(false);
  // A purge that waits keeps nobody from starting.
  expect(await scripts.start('using.js', [directory, '1']).nextLine()).toBe('done');
  user.child.kill('SIGKILL');
  expect((await purge).actions).toBe(1);
  expect(waits).toEqual([user.child.pid]);
});

test('never takes anything from under a process that has seen it', async () => {
  const directory = join(await tempDirectory(), 'store');
  const store = await openStore(directory);
  const scripts = await prepareScripts(['src/store/local.ts'], { 'using.js': using });
  const users = [1, 2].map(() => scripts.start('using.js', [directory, '15']));
  let isOver = false;
  const codes = Promise.all(users.map(({ exit }) => exit)).finally(() => {
    isOver = true;
  });
  let purged = 0;
  while (!isOver) purged += (await store.purge('/build/a')).actions;
  expect(await codes).toEqual([0, 0]);
  expect(purged).toBeGreaterThan(0);
});

test('is refused while the same store object is at work', async () => {
  const store = await newStore();
  await store.withStaging(async () => {
    await expect(store.purge('/build/a')).rejects.toThrow('in use');
  });
});
