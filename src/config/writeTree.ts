import { mkdir, open, readdir, readFile, rename, rmdir, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { orIfAbsent } from '../errors.ts';
import { oldWishesList } from './commandLine.ts';
import { fileLayout, type StoredFile } from './fileLayout.ts';
import type { LiveConfig } from './load.ts';
import { ownLiveBuild } from './ownLiveBuild.ts';
import { renderOptionFile } from './renderFile.ts';

/** The directories of a configuration tree: live-build's, with those that nothing reads. */
export const treeDirectories = [
  'auto',
  'config',
  'config/apt',
  'config/archives',
  'config/bootloaders',
  'config/debian-installer',
  'config/hooks/live',
  'config/hooks/normal',
  'config/includes',
  'config/includes.binary',
  'config/includes.bootstrap',
  'config/includes.chroot_after_packages',
  'config/includes.chroot_before_packages',
  'config/includes.installer',
  'config/includes.source',
  'config/package-lists',
  'config/packages',
  'config/packages.binary',
  'config/packages.chroot',
  'config/preseed',
  'config/rootfs',
  'local/bin',
];

/** Our stock hooks, `share/hooks` of the package; the same from `src/` and `dist/`. */
export const stockHooksDirectory = fileURLToPath(new URL('../../share/hooks', import.meta.url));

/** Writes the tree and its option files into `directory`, keeping what the user put there. */
export async function writeTree(directory: string, config: LiveConfig): Promise<void> {
  for (const path of treeDirectories) await mkdir(join(directory, path), { recursive: true });
  for (const file of Object.keys(fileLayout) as StoredFile[]) {
    await replaceFile(join(directory, 'config', file), renderOptionFile(file, config));
  }
  await linkStockHooks(directory);
  await writeLiveList(directory, config);
  await writeOldWishes(directory, config);
  await touch(join(directory, '.build'), 'config');
}

/** All or nothing, so that a killed run leaves the old file. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** Links every stock hook that has no file of its name in the tree, an own one or a link. */
async function linkStockHooks(directory: string): Promise<void> {
  const own = join(directory, ownLiveBuild, 'share/hooks');
  const base = (await orIfAbsent(stat(own), undefined)) === undefined ? stockHooksDirectory : own;
  for (const pass of ['normal', 'live']) {
    const stock = join(base, pass);
    const names = (await orIfAbsent(readdir(stock), [])).filter((name) => name.includes('.hook'));
    const target = join(directory, 'config/hooks', pass);
    const present = new Set(await readdir(target));
    for (const name of names) {
      if (!present.has(name)) await symlink(join(stock, name), join(target, name));
    }
  }
}

async function writeLiveList(directory: string, config: LiveConfig): Promise<void> {
  const packages = livePackages(config);
  if (packages.length === 0) return;
  const path = join(directory, 'config/package-lists/live.list.chroot');
  if ((await orIfAbsent(stat(path), undefined)) !== undefined) return;
  await writeFile(path, packages.map((name) => `${name}\n`).join(''));
  if (config.values.initramfs !== 'dracut-live') return;
  // Must be there before dracut is installed, so that its first image is already the same everywhere.
  const dracut = join(directory, 'config/includes.chroot_before_packages/etc/dracut.conf.d');
  await mkdir(dracut, { recursive: true });
  await writeFile(join(dracut, '50-reproducible.conf'), 'reproducible=yes\n');
}

/** Adds what is not there yet: `lb config` may be run again with the same words. */
async function writeOldWishes(directory: string, { listLines }: LiveConfig): Promise<void> {
  if (listLines.length === 0) return;
  const path = join(directory, oldWishesList);
  const present = (await orIfAbsent(readFile(path, 'utf8'), '')).split('\n').filter(Boolean);
  const missing = listLines.filter((line) => !present.includes(line));
  await replaceFile(path, [...present, ...missing].map((line) => `${line}\n`).join(''));
}

/** What makes an installed system a live one. */
function livePackages({ values }: LiveConfig): string[] {
  if (values.initramfs === 'none') return [];
  if (values.initramfs === 'dracut-live') {
    const verify = values.checksums.join(' ') === 'md5' ? ['isomd5sum'] : [];
    const dracut = ['dracut-live', 'dracut-config-generic', 'dracut'];
    return ['live-config', 'live-config-systemd', 'systemd-sysv', ...dracut, ...verify];
  }
  const initsystems = {
    systemd: ['live-config-systemd', 'systemd-sysv'],
    sysvinit: ['live-config-sysvinit', 'sysvinit-core'],
    none: [],
  };
  return ['live-boot', 'live-config', ...initsystems[values.initsystem]];
}

async function touch(directory: string, name: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = await open(join(directory, name), 'a');
  await file.close();
  await utimes(join(directory, name), new Date(), new Date());
}

/** What `lb config --clean` does: removes the directories of the tree that are empty. */
export async function removeEmptyDirectories(directory: string): Promise<void> {
  const nested = (await readdir(join(directory, 'config'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => `config/${entry.name}`);
  for (const path of ['auto', ...nested, 'config', 'local/bin', 'local']) {
    await rmdir(join(directory, path)).catch((error: unknown) => {
      if (!isHarmless(error)) throw error;
    });
  }
}

function isHarmless(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES';
}
