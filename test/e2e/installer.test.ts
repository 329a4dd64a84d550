// A medium with an installer that loads its parts from it. The installer's own packages are ones of a test archive, since
// not every mirror has udebs; all other packages are the mirror's. Needs xorriso, unsquashfs, cpio and apt-get.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeTestKey } from '../../src/debian/archive.testing.ts';
import { kernel, writeInstallerArchive } from '../helpers/installerArchive.ts';
import { copyFirst, image, lbSucceeds, runDirectory, write } from '../helpers/lb.ts';
import { buildPackage, serveDirectory } from '../helpers/packages.ts';
import { tempDirectory } from '../helpers/tempDirectory.ts';

let directory: string;
let medium: string;

beforeAll(async () => {
  directory = copyFirst('installer');
  const place = runDirectory('installer-archive');
  const key = await makeTestKey();
  await writeInstallerArchive(place, key);
  const { url, close } = await serveDirectory(place);
  write(directory, 'config/archives/installer.key.chroot', key.keyring.keys[0]!.armor());
  write(directory, 'config/includes.installer/lib/own', 'own\n');
  write(directory, 'config/preseed/answers.cfg.installer', 'd-i a/b string c\n');
  write(directory, 'config/debian-installer/preseed.cfg', 'd-i d/e string f\n');
  write(directory, 'config/debian-installer/udeb_exclude', '# not wanted\nunwant*\n');
  mkdirSync(join(directory, 'config/packages.binary'), { recursive: true });
  const put = (name: string, extension: string, fields: Record<string, string>) => {
    const { deb } = buildPackage({ name, version: '7', fields });
    writeFileSync(join(directory, `config/packages.binary/${name}_7_all.${extension}`), deb);
  };
  put('own-package', 'deb', { Section: 'contrib/misc' });
  put('replaced', 'udeb', { Section: 'debian-installer' });
  const options = ['--debian-installer', 'live', '--firmware-binary', 'false', '--parent-mirror-debian-installer', url];
  await lbSucceeds(['config', '--archive-areas', 'main contrib', ...options], { directory });
  await lbSucceeds(['build'], { directory });
  medium = runDirectory('installer-medium');
  rmSync(medium, { recursive: true, force: true });
  execFileSync('xorriso', ['-osirrox', 'on', '-indev', join(directory, image), '-extract', '/', medium], {
    stdio: 'pipe',
  });
  execFileSync('chmod', ['-R', 'u+w', medium]);
  return close;
});

const onMedium = (path: string): string => readFileSync(join(medium, path), 'utf8');
const names = (path: string): string[] =>
  readdirSync(join(medium, path), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    /\.u?deb$/.test(name) ? name.replace(/^.*\//, '') : [],
  );

test('.disk, the names of the suite and the menus say that there is an installer', () => {
  expect(onMedium('.disk/info')).toMatch(/ LIVE\/INSTALL Binary /);
  expect(onMedium('.disk/cd_type')).toBe('live\n');
  expect(onMedium('.disk/udeb_include')).toMatch(/^live-installer$/m);
  expect(existsSync(join(medium, '.disk/base_installable'))).toBe(true);
  for (const name of ['stable', 'testing', 'unstable'])
    expect(readlinkSync(join(medium, 'dists', name))).toBe('trixie');
  const menu = onMedium('boot/grub/install_start.cfg');
  expect(menu).toContain('/install/gtk/vmlinuz');
  expect(menu).toContain('file=/cdrom/install/preseed.cfg');
  expect(onMedium('install/preseed.cfg')).toBe('d-i d/e string f\nd-i a/b string c\n');
});

test.each(['install', 'install/gtk'])(
  '%s: the suite’s kernel, and an initrd that loads from the medium',
  async (path) => {
    expect(onMedium(`${path}/vmlinuz`)).toBe('medium kernel');
    const root = await tempDirectory();
    execFileSync('sh', ['-c', 'gzip -dc "$1" | cpio -idm --quiet', 'sh', join(medium, path, 'initrd.gz')], {
      cwd: root,
    });
    const inRoot = (name: string) => readFileSync(join(root, name), 'utf8');
    expect(inRoot('face')).toBe(path === 'install' ? 'text' : 'gtk');
    expect(inRoot('usr/lib/own')).toBe('own\n');
    expect(inRoot('usr/lib/cdrom')).toBe('x');
    expect(inRoot('var/lib/dpkg/status').match(/(?<=^Package: ).*/gm)).toEqual([
      ...['anna', 'cdrom-detect', `isofs-modules-${kernel}-di`, `kernel-image-${kernel}-di`, 'load-cdrom'],
    ]);
    expect(readdirSync(join(root, 'var/lib/dpkg/info'))).toEqual(['cdrom-detect.postinst']);
    expect(readdirSync(join(root, 'usr/lib/modules'))).toEqual([kernel]);
    expect(existsSync(join(root, `usr/lib/modules/${kernel}/modules.dep.bin`))).toBe(true);
  },
);

test('udebs on the medium: those for its kernel that the initrd has not, the user’s in the place of others', () => {
  expect(names('pool-udeb').toSorted()).toEqual([
    ...[`ext4-modules-${kernel}-di_2_all.udeb`, 'live-installer_2_all.udeb', 'replaced_7_all.udeb'],
  ]);
  const list = onMedium('dists/trixie/main/debian-installer/binary-amd64/Packages');
  expect(list.match(/(?<=^Package: ).*/gm)).toEqual([`ext4-modules-${kernel}-di`, 'live-installer', 'replaced']);
  for (const [path] of list.matchAll(/(?<=^Filename: ).*/gm)) expect(existsSync(join(medium, path))).toBe(true);
});

test('the pool has what d-i installs itself, and nothing that it copies with the live system', () => {
  const found = names('pool').map((name) => name.replace(/_.*/, ''));
  expect(found).toEqual(
    expect.arrayContaining(['grub-pc', 'grub-efi-amd64-signed', 'shim-signed', 'cryptsetup', 'own-package']),
  );
  const installed = readFileSync(join(directory, 'live-image-amd64.packages'), 'utf8').split('\n');
  expect(installed.some((line) => /^libc6[:\t]/.test(line))).toBe(true);
  expect(found).not.toContain('libc6');
  expect(found.filter((name) => name.startsWith('linux-image'))).toEqual([]);
});

test('apt takes packages from the medium, and the live system names it first', async () => {
  const place = await tempDirectory();
  const options = ['Dir::State', 'Dir::Cache'].flatMap((name) => ['-o', `${name}=${place}`]);
  mkdirSync(join(place, 'lists/partial'), { recursive: true });
  mkdirSync(join(place, 'archives/partial'), { recursive: true });
  writeFileSync(join(place, 'status'), '');
  writeFileSync(join(place, 'sources.list'), `deb [trusted=yes arch=amd64] file:${medium} trixie main contrib\n`);
  const sources = [
    '-o',
    'APT::Sandbox::User=root',
    '-o',
    `Dir::Etc::SourceList=${place}/sources.list`,
    '-o',
    'Dir::Etc::SourceParts=/nowhere',
  ];
  const apt = (...words: string[]) =>
    execFileSync('apt-get', [...options, ...sources, '-o', `Dir::State::status=${place}/status`, ...words], {
      encoding: 'utf8',
    });
  apt('update', '-qq');
  expect(apt('download', '--print-uris', 'grub-pc', 'own-package')).toMatch(/grub-pc_[\s\S]*own-package_7/);
  const inSystem = (path: string) =>
    execFileSync('unsquashfs', ['-cat', join(medium, 'live/filesystem.squashfs'), path], { encoding: 'utf8' });
  const [first] = inSystem('etc/apt/sources.list').split('\n');
  expect(first).toBe('deb [trusted=yes] file:/run/live/medium trixie main contrib');
  expect(inSystem('etc/fstab')).toBe('');
});

test('every file is in the list of MD5 sums, which the installer checks', () => {
  const output = execFileSync('md5sum', ['-c', '--quiet', 'md5sum.txt'], { cwd: medium, encoding: 'utf8' });
  expect(output).toBe('');
  expect(onMedium('md5sum.txt')).toContain('./install/gtk/initrd.gz');
});
