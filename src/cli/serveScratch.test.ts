import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareScripts } from '../../test/helpers/scripts.ts';
import { makeDirectory } from './host.testing.ts';
import { withServeScratch } from './serveScratch.ts';

const holder = `
  import { writeFileSync } from 'node:fs';
  import { withServeScratch } from './src/cli/serveScratch.js';
  await withServeScratch(process.argv[2], async (scratch) => {
    writeFileSync(scratch + '/image', 'unpacked');
    console.log(scratch);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });`;

test('what a killed one has left is removed by the next; what is in use or of others stays', async () => {
  const parent = makeDirectory();
  const scripts = await prepareScripts(['src/cli/serveScratch.ts'], { 'holder.js': holder });
  const [killed, alive] = [scripts.start('holder.js', [parent]), scripts.start('holder.js', [parent])];
  const left = [await killed.nextLine(), join(parent, 'lw-serve-old')];
  const inUse = await alive.nextLine();
  for (const name of ['new', 'old']) mkdirSync(join(parent, `lw-serve-${name}`));
  utimesSync(join(parent, 'lw-serve-old'), 1000, 1000);
  mkdirSync(join(parent, 'other'));
  symlinkSync('other', join(parent, 'lw-serve-link'));
  writeFileSync(join(parent, 'lw-serve-file'), '');

  killed.child.kill('SIGKILL');
  await killed.exit;
  const removed: string[] = [];
  const during = await withServeScratch(
    parent,
    async (scratch) => existsSync(scratch),
    (path) => removed.push(path),
  );
  expect(during).toBe(true);
  expect(removed.sort()).toEqual(left.sort());
  const kept = ['lw-serve-file', 'lw-serve-link', 'lw-serve-new', 'other'].map((name) => join(parent, name));
  expect(
    readdirSync(parent)
      .map((name) => join(parent, name))
      .sort(),
  ).toEqual([...kept, inUse].sort());
  expect(existsSync(join(inUse, 'image'))).toBe(true);
});

test('the directory goes whatever happens in it', async () => {
  const parent = makeDirectory();
  const failing = withServeScratch(parent, async (scratch) => {
    mkdirSync(join(scratch, 'closed'), { mode: 0o000 });
    throw new Error('no luck');
  });
  await expect(failing).rejects.toThrow('no luck');
  expect(readdirSync(parent)).toEqual([]);
});
