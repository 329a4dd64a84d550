import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { digestTree } from '../config/digestTree.ts';
import { explainStep } from '../engine/explain.ts';
import { defineStep, type ResultOf } from '../engine/step.ts';
import { normalizeJson } from '../store/canonical.ts';
import type { TreeRef } from '../store/types.ts';
import { includesStep } from './includes.ts';

async function includes(files: Readonly<Record<string, string>>) {
  const directory = await tempDirectory();
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  for (const [path, text] of Object.entries(files)) await put(path, text);
  const tools = defineStep<null, TreeRef>({
    ...{ name: 'tools', title: 'tools', version: 1, needs: [], inputs: () => null },
    run: () => Promise.reject(new Error('nothing runs here')),
  });
  const epoch = { needs: [], secondsOf: () => 1 };
  const base = { tools, epoch, debconfFrontend: 'noninteractive', debconfPriority: 'critical' };
  const read = () => digestTree(directory);
  const step = includesStep({ base, name: 'includes.chroot', directory, read, below: [] });
  const resultOf = (() => ({ tree: 't' })) as unknown as ResultOf;
  const inputs = async () => ({
    ...{ key: 'k' as never, kind: step.kind, version: step.version, when: '2026-01-01T00:00:00Z' },
    inputs: normalizeJson(await step.inputs(resultOf)),
  });
  return { directory, put, step, inputs };
}

test('what is explained names the files that changed', async () => {
  const { directory, put, step, inputs } = await includes({ 'etc/motd': 'a', 'etc/gone': 'x', 'usr/bin/tool': 'x' });
  const before = await inputs();
  expect(explainStep(step, await inputs(), before)).toEqual([]);
  await put('etc/motd', 'b');
  await put('etc/new', '');
  await chmod(join(directory, 'usr/bin/tool'), 0o755);
  const texts = explainStep(step, await inputs(), before).map(({ text }) => text);
  expect(texts).toEqual([
    expect.stringMatching(/^inputs\.file\.etc\/motd was f 644 \w{16}, is f 644 \w{16}$/),
    expect.stringMatching(/^inputs\.file: added etc\/new/),
    expect.stringMatching(/^inputs\.file\.usr\/bin\/tool was f 644 .*, is f 755/),
    expect.stringMatching(/^inputs\.files was/),
  ]);
});

test('of very many files only the digest is kept', async () => {
  const many = Object.fromEntries(Array.from({ length: 2001 }, (_, number) => [`f${number}`, '']));
  const { inputs, put } = await includes(many);
  const before = await inputs();
  expect(before.inputs).toMatchObject({ file: {} });
  await put('f7', 'changed');
  expect(await inputs()).not.toEqual(before);
});
