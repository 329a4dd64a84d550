import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { prepareScripts } from '../../test/helpers/scripts.ts';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { type digestBytes, digestFile } from './digest.ts';
import { openStore } from './local.ts';

/** Publishes without end: files, trees whose manifest says how many files they have, actions, roots. */
const publishing = `
import { mkdir, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { openStore } from './src/store/local.js';
import { digestBytes } from './src/store/digest.js';
const store = await openStore(process.argv[2]);
console.log('ready');
for (let round = 0; ; round++) {
  const bytes = randomBytes(6_000_000);
  const blob = await store.putBytes(bytes);
  const tree = await store.withStaging(async (directory) => {
    await writeFile(directory + '/big', randomBytes(200_000));
    const file = await store.putFile(directory + '/big');
    await mkdir(directory + '/tree');
    const count = 10 + round % 10;
    for (let i = 0; i < count; i++) await writeFile(directory + '/tree/' + i, 'x');
    return store.putTree(directory + '/tree', count + ' files in ' + digestBytes(bytes));
  });
  const key = digestBytes(bytes);
  await store.putAction({ key, step: 'x', result: { blob, tree }, durationMs: 1 });
  await store.putRoot('/build/a', [key]);
  console.log('round', round);
}
`;

async function list(root: string, kind: string): Promise<string[]> {
  const shards = await readdir(join(root, kind)).catch(() => []);
  const lists = await Promise.all(
    shards.map(async (shard) => (await readdir(join(root, kind, shard))).map((name) => join(root, kind, shard, name))),
  );
  return lists.flat();
}

test('kill -9 in the middle of publishing leaves nothing half', { timeout: 120_000 }, async () => {
  const root = join(await tempDirectory(), 'store');
  const scripts = await prepareScripts(['src/store/local.ts'], { 'publishing.js': publishing });
  for (let round = 0; round < 8; round++) {
    const script = scripts.start('publishing.js', [root]);
    expect(await script.nextLine()).toBe('ready');
    expect(await script.nextLine()).toBe('round 0');
    await sleep(round * 7);
    script.child.kill('SIGKILL');
    expect(await script.exit).toBeNull();
  }
  const warnings: string[] = [];
  const store = await openStore(root, { warn: (message) => warnings.push(message) });
  expect(await readdir(join(root, 'tmp'))).toEqual([]);
  expect(await readdir(join(root, 'locks'))).toEqual([]);
  const blobs = await list(root, 'cas');
  for (const path of blobs) expect(path.endsWith((await digestFile(path)).blob)).toBe(true);
  const trees = await list(root, 'trees');
  for (const path of trees) {
    const manifest = await store.readManifest({ tree: path.slice(-64) as ReturnType<typeof digestBytes> });
    expect(await readdir(path)).toHaveLength(Number.parseInt(manifest, 10));
    expect((await stat(path)).isDirectory()).toBe(true);
  }
  const actions = await list(root, 'ac');
  for (const path of actions) {
    const { key } = JSON.parse(await readFile(path, 'utf8')) as { key: ReturnType<typeof digestBytes> };
    expect(await store.getAction(key)).toBeDefined();
  }
  expect(warnings).toEqual([]);
  expect(Math.min(blobs.length, trees.length, actions.length)).toBeGreaterThanOrEqual(8);
  expect((await store.purge('/build/a')).actions).toBeGreaterThan(0);
});
