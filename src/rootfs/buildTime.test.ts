import { spawnSync } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { standardLentFiles, writeLentFiles } from './buildTime.ts';

const modeOf = async (path: string): Promise<string> => ((await lstat(path)).mode & 0o7777).toString(8);

test.each([0o022, 0o077, 0o000])('modes do not depend on the umask %o', async (umask) => {
  const before = process.umask(umask);
  onTestFinished(() => void process.umask(before));
  const { layer, bench } = await writeLentFiles(join(await tempDirectory(), 'lent'), {
    '/etc/deep/file': { content: 'x' },
    '/root/hook': { content: '', mode: 0o755 },
    '/mount/point': 'directory',
    '/livewright/lists/partial': 'directory',
    '/livewright/a/file': { content: 'y' },
  });
  const modes = Object.entries({
    ...{ '': '755', etc: '755', 'etc/deep': '755', 'etc/deep/file': '644', root: '700', 'root/hook': '755' },
    ...{ 'mount/point': '755', livewright: '755' },
  });
  for (const [path, mode] of modes) expect([path, await modeOf(join(layer, path))]).toEqual([path, mode]);
  for (const path of ['', 'lists/partial', 'a']) expect(await modeOf(join(bench, path))).toBe('755');
  expect(await readFile(join(bench, 'a/file'), 'utf8')).toBe('y');
  await expect(stat(join(layer, 'livewright/a'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('directories are as the layers below show them', async () => {
  const [low, high] = [await tempDirectory(), await tempDirectory()];
  await chmod(high, 0o711);
  for (const [base, mode] of [
    [low, 0o700],
    [high, 0o750],
  ] as const) {
    await mkdir(join(base, 'etc'));
    await chmod(join(base, 'etc'), mode);
  }
  await mkdir(join(low, 'root'));
  await chmod(join(low, 'root'), 0o2755);
  const layers = [low, high].map((path) => ({ path, opaque: new Set<string>() }));
  const files = { '/etc/file': { content: '' }, '/root/hook': { content: '' } };
  const { layer } = await writeLentFiles(join(await tempDirectory(), 'lent'), files, layers);
  expect([await modeOf(layer), await modeOf(join(layer, 'etc')), await modeOf(join(layer, 'root'))]).toEqual([
    ...['711', '750', '2755'],
  ]);
});

test('a file of the store is linked where nobody can write to it, and copied where somebody can', async () => {
  const directory = await tempDirectory();
  const source = join(directory, 'source');
  await writeFile(source, 'big', { mode: 0o444 });
  const files = { '/var/list': { source }, '/livewright/list': { source } };
  const { layer, bench } = await writeLentFiles(join(directory, 'lent'), files);
  const { ino } = await stat(source);
  expect((await stat(join(layer, 'var/list'))).ino).toBe(ino);
  expect((await stat(join(bench, 'list'))).ino).not.toBe(ino);
  expect(await readFile(join(bench, 'list'), 'utf8')).toBe('big');
});

test.each([[], ['--fqdn'], ['--domain']])(
  'to packages and hooks the machine has the name that live-build gives: %j',
  async (...words) => {
    const { layer } = await writeLentFiles(join(await tempDirectory(), 'lent'), standardLentFiles);
    const { stdout } = spawnSync(join(layer, 'usr/bin/hostname'), words, { encoding: 'utf8' });
    expect(stdout).toBe('localhost.localdomain\n');
  },
);

test('services are forbidden, and programs that would start them do nothing', async () => {
  const { layer } = await writeLentFiles(join(await tempDirectory(), 'lent'), standardLentFiles);
  expect(spawnSync(join(layer, 'usr/sbin/policy-rc.d'), ['ssh', 'start']).status).toBe(101);
  expect(spawnSync(join(layer, 'usr/sbin/start-stop-daemon'), ['--start']).status).toBe(0);
});
