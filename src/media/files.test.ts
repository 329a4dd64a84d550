import { link, lstat, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { place, placeCopy } from '../rootfs/place.ts';
import { clampTimes } from './clamp.ts';
import { diskInfo, mediumUuid } from './diskInfo.ts';
import { formatArgv, imageSectors, parentDirectories } from './fatImage.ts';
import { listContents } from './mediumFiles.ts';
import { overlayFiles } from './overlayFiles.ts';
import { defaultSettings, testEpochSeconds } from './testSettings.ts';

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'media-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test('place links on one file system and replaces what is there without writing through it', async () => {
  const root = await scratch();
  await writeFile(join(root, 'old'), 'old');
  await writeFile(join(root, 'new'), 'new');
  await link(join(root, 'old'), join(root, 'target'));
  expect(await place(join(root, 'new'), join(root, 'target'))).toBe('linked');
  expect(await readFile(join(root, 'target'), 'utf8')).toBe('new');
  expect(await readFile(join(root, 'old'), 'utf8')).toBe('old');
});

test('placeCopy shares nothing with its source', async () => {
  const root = await scratch();
  await writeFile(join(root, 'a'), 'a');
  await placeCopy(join(root, 'a'), join(root, 'deep/b'));
  expect((await lstat(join(root, 'deep/b'))).nlink).toBe(1);
});

test('clamping lowers newer times, keeps older ones, and leaves files that others link to', async () => {
  const root = await scratch();
  const medium = join(root, 'medium');
  await mkdir(join(medium, 'dir'), { recursive: true });
  for (const name of ['new', 'old', 'pair']) await writeFile(join(medium, 'dir', name), name);
  await link(join(medium, 'dir/pair'), join(medium, 'pair2'));
  await symlink('nowhere', join(medium, 'link'));
  await writeFile(join(root, 'foreign'), 'x');
  await link(join(root, 'foreign'), join(medium, 'foreign'));
  await utimes(join(medium, 'dir/old'), 1000, 1000);

  const changed = await clampTimes(medium, testEpochSeconds);
  const secondsOf = async (path: string) => (await lstat(join(medium, path))).mtimeMs / 1000;
  expect(await secondsOf('dir/old')).toBe(1000);
  for (const path of ['', 'dir', 'dir/new', 'dir/pair', 'pair2', 'link'])
    expect(await secondsOf(path)).toBe(testEpochSeconds);
  expect(await secondsOf('foreign')).toBeGreaterThan(testEpochSeconds);
  expect(changed.toSorted()).toEqual([
    'd binary',
    'd binary/dir',
    'f binary/dir/new',
    'f binary/dir/pair',
    'f binary/pair2',
    'l binary/link',
  ]);
  expect(await clampTimes(medium, testEpochSeconds)).toEqual([]);
});

test('overlaying merges directories, follows links into the tools tree and leaves out dangling ones', async () => {
  const root = await scratch();
  const [user, target, tools] = ['user', 'target', 'tools'].map((name) => join(root, name)) as [string, string, string];
  await mkdir(join(user, 'theme'), { recursive: true });
  await mkdir(join(target, 'theme'), { recursive: true });
  await mkdir(join(tools, 'usr/lib/syslinux'), { recursive: true });
  await writeFile(join(tools, 'usr/lib/syslinux/real.c32'), 'module');
  await symlink('real.c32', join(tools, 'usr/lib/syslinux/menu.c32'));
  await symlink('/usr/lib/syslinux/menu.c32', join(user, 'menu.c32'));
  await symlink('/etc/hostname', join(user, 'host'));
  await writeFile(join(user, '.gitkeep'), '');
  await writeFile(join(user, 'theme/one'), 'user');
  await writeFile(join(target, 'theme/one'), 'stock');
  await writeFile(join(target, 'theme/two'), 'stock');

  await overlayFiles(user, target, tools);
  await overlayFiles(join(root, 'absent'), target, tools);
  expect(await listContents(target)).toBe('/menu.c32\n/theme\n/theme/one\n/theme/two\n');
  expect(await readFile(join(target, 'theme/one'), 'utf8')).toBe('user');
  expect(await readFile(join(target, 'menu.c32'), 'utf8')).toBe('module');
});

test.each([
  [
    { distribution: 'trixie', versionId: '13' },
    'Debian GNU/Linux 13 "Trixie" - Snapshot amd64 LIVE Binary 20250505-12:00\n',
  ],
  [{ distribution: 'sid', versionId: '' }, 'Debian GNU/Linux none "Sid" - Snapshot amd64 LIVE Binary 20250505-12:00\n'],
])('.disk/info %#', (changes, expected) => {
  expect(diskInfo({ ...defaultSettings, ...changes }, testEpochSeconds)).toBe(expected);
});

test('the UUID depends on content and epoch, and has the form of RFC 9562', () => {
  const uuid = mediumUuid('abc', testEpochSeconds);
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(mediumUuid('abc', testEpochSeconds)).toBe(uuid);
  expect(mediumUuid('abd', testEpochSeconds)).not.toBe(uuid);
  expect(mediumUuid('abc', testEpochSeconds + 1)).not.toBe(uuid);
});

test('FAT: directories, size and serial number', () => {
  expect(parentDirectories(['EFI/boot/a', 'EFI/boot/b', 'boot/grub/c'])).toEqual([
    'EFI',
    'EFI/boot',
    'boot',
    'boot/grub',
  ]);
  // One byte and one directory: two clusters and 24 KiB make 32 KiB.
  expect(imageSectors([1], 1)).toBe(64);
  expect(formatArgv('x', 64, 255).slice(-3)).toEqual(['-N', '000000ff', '::']);
});
