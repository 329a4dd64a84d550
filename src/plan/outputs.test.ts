import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { LINKED_FROM_BYTES } from '../rootfs/linked.ts';
import { openStore } from '../store/local.ts';
import { imageFileNames, stem, writeOutputs } from './outputs.ts';

test.each([
  ['-b iso-hybrid', ['live-image-amd64.hybrid.iso']],
  ['-b iso --image-name mine', ['mine-amd64.iso']],
  ['-b netboot,hdd', ['live-image-amd64.netboot.tar', 'live-image-amd64.img']],
  ['-b tar --compression xz', ['live-image-amd64.tar.tar.xz']],
  ['-b netboot,hdd --net-tarball false', ['live-image-amd64.img']],
])('live-build’s names: %s', async (commandLine, names) => {
  const { values } = await configOf(await makeTree({}), `-d trixie ${commandLine}`);
  expect(imageFileNames(values)).toEqual(names);
  for (const name of names) expect(name.startsWith(`${stem(values)}.`)).toBe(true);
});

async function open() {
  const directory = join(await tempDirectory(), "o d'd");
  await mkdir(directory);
  const store = await openStore(await tempDirectory());
  onTestFinished(() => store.close());
  const path = (name: string): string => join(directory, name);
  return { directory, store, path, ref: await store.putBytes('image') };
}

test('files are written with the usual mode and told with their sizes', async () => {
  const { directory, store, path, ref } = await open();
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  expect(await writeOutputs(directory, { 'a.iso': ref, 'a.files': ref }, store)).toEqual([
    { path: 'a.iso', sizeBytes: 5 },
    { path: 'a.files', sizeBytes: 5 },
  ]);
  expect(await readFile(path('a.iso'), 'utf8')).toBe('image');
  expect((await stat(path('a.iso'))).mode & 0o777).toBe(0o644);
  expect((await stat(path('a.iso'))).ino).not.toBe((await stat(await store.blobPath(ref))).ino);
});

test('an image is a link to the store’s file; written to, it is told from what the store had', async () => {
  const { directory, store, path } = await open();
  const ref = await store.putBytes(Buffer.alloc(LINKED_FROM_BYTES, 'image'));
  await writeOutputs(directory, { 'a.iso': ref }, store);
  const { ino, mode, mtimeMs } = await stat(path('a.iso'));
  expect(ino).toBe((await stat(await store.blobPath(ref))).ino);
  expect(mode & 0o777).toBe(0o644);
  expect(Math.abs(mtimeMs - Date.now())).toBeLessThan(60_000);
  await writeFile(path('a.iso'), 'mine', { flag: 'r+' });
  const later = await openStore(store.root);
  onTestFinished(() => later.close());
  await expect(writeOutputs(directory, { 'a.iso': ref }, later)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  expect((await readFile(path('a.iso'))).subarray(0, 5).toString()).toBe('minee');
  await later.putBytes(Buffer.alloc(LINKED_FROM_BYTES, 'image'));
  await writeOutputs(directory, { 'a.iso': ref }, later);
  expect((await readFile(path('a.iso'))).subarray(0, 5).toString()).toBe('image');
});

test('a file that is as we left it is not written again', async () => {
  const { directory, store, path, ref } = await open();
  await writeOutputs(directory, { 'a.iso': ref }, store);
  const { ino } = await stat(path('a.iso'));
  await writeOutputs(directory, { 'a.iso': ref }, store);
  expect((await stat(path('a.iso'))).ino).toBe(ino);
});

test.each<[string, (file: string, record: string) => Promise<unknown>]>([
  ['the file is changed', (file) => writeFile(file, 'IMAGE')],
  ['its time is changed', (file) => utimes(file, 1, 1)],
  ['the file is gone', (file) => rm(file)],
  ['the record is damaged', (_, record) => writeFile(record, '{')],
  ['the record is nothing', (_, record) => writeFile(record, 'null')],
  ['the record is of another kind', (_, record) => writeFile(record, '"x"')],
  ['a line of the record is', (_, record) => writeFile(record, '{"a.iso": "x"}')],
])('it is written again where %s', async (_, spoil) => {
  const { directory, store, path, ref } = await open();
  const record = path('.build/livewright/outputs.json');
  await writeOutputs(directory, { 'a.iso': ref }, store);
  const before = await stat(path('a.iso'));
  await spoil(path('a.iso'), record);
  await writeOutputs(directory, { 'a.iso': ref }, store);
  expect(await readFile(path('a.iso'), 'utf8')).toBe('image');
  expect((await stat(path('a.iso'))).ctimeMs).toBeGreaterThan(before.ctimeMs);
  expect(JSON.parse(await readFile(record, 'utf8'))).toHaveProperty(['a.iso', 'blob'], ref.blob);
});

test('another content replaces the file in one step, and a failure leaves no half one', async () => {
  const { directory, store, path, ref } = await open();
  await writeOutputs(directory, { 'a.iso': ref }, store);
  const other = await store.putBytes('other');
  await writeOutputs(directory, { 'a.iso': other }, store);
  expect(await readFile(path('a.iso'), 'utf8')).toBe('other');
  await mkdir(path('b.iso'));
  await writeFile(path('b.iso/kept'), '');
  await expect(writeOutputs(directory, { 'b.iso': ref }, store)).rejects.toThrow();
  expect((await readdir(directory)).toSorted()).toEqual(['.build', 'a.iso', 'b.iso']);
});
