// Real xorriso, mtools, GRUB and rsvg-convert. Needs: xorriso mtools isolinux pxelinux syslinux-common grub-efi-amd64-bin
// grub-efi-amd64-signed grub-efi-ia32-bin shim-signed grub-common grub-pc-bin librsvg2-bin gdisk fdisk genisoimage.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildImage } from '../../src/media/image.ts';
import { layOutMedium, type MediumOptions, sealMedium } from '../../src/media/medium.ts';
import type { MediumSettings } from '../../src/media/settings.ts';
import { defaultNet, defaultSettings, testEpochSeconds } from '../../src/media/testSettings.ts';
import { runOnHost } from './hostPrograms.ts';

interface Made {
  readonly root: string;
  readonly medium: string;
  readonly iso: string;
  readonly secureBoot: boolean;
}

function host(...argv: string[]): string {
  const [program = '', ...args] = argv;
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Lays out and builds an image from small stand-ins for kernel, initrd and system image. */
async function make(changes: Partial<MediumSettings> = {}, more: Partial<MediumOptions> = {}): Promise<Made> {
  const root = await mkdtemp(join(tmpdir(), 'media-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const [directory, scratch] = [join(root, 'medium'), join(root, 'scratch')];
  for (const path of [directory, scratch]) await mkdir(path);
  for (const name of ['vmlinuz', 'initrd', 'squashfs']) await writeFile(join(root, name), name.repeat(100_000));
  const settings = { ...defaultSettings, ...changes };
  const common = { directory, settings, identity: 'abc', epochSeconds: testEpochSeconds };
  const tools = { run: runOnHost, tree: '/' };
  const kernel = {
    version: '6.12.30-amd64',
    flavour: 'amd64',
    vmlinuz: join(root, 'vmlinuz'),
    initrd: join(root, 'initrd'),
  };
  const sources = { kernels: [kernel], squashfs: join(root, 'squashfs'), packagesText: 'live-boot\t1\n' };
  const { secureBoot } = await layOutMedium(tools, { ...common, ...sources, scratch, ...more });
  await sealMedium(common);
  const iso = join(root, 'out/image');
  const work = join(root, 'work');
  for (const path of [join(root, 'out'), work]) await mkdir(path);
  const image = { disk: { label: 'DEBIAN_LIVE', sizeMib: null, partitionStart: '' }, compression: 'none' } as const;
  // Disk images are made in hdd.test.ts, with the programs of the tools tree.
  if (settings.imageType !== 'hdd') await buildImage(tools, { ...common, output: iso, scratch: work, image });
  return { root, medium: directory, iso, secureBoot };
}

test('the default image: same bytes each time, valid GPT, both loaders in El Torito', async () => {
  const [first, second] = [await make(), await make()];
  expect(Buffer.compare(await readFile(first.iso), await readFile(second.iso))).toBe(0);
  expect(first.secureBoot).toBe(true);
  expect((await stat(first.iso)).mtimeMs).toBe(testEpochSeconds * 1000);

  expect(host('sgdisk', '-v', first.iso)).toContain('No problems found.');
  const { partitiontable } = JSON.parse(host('sfdisk', '--json', first.iso));
  expect(partitiontable.label).toBe('gpt');
  expect(partitiontable.partitions.map((partition: { start: number; type: string }) => partition.type)).toEqual([
    'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
    'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  ]);
  expect(partitiontable.partitions[0].start).toBe(64);

  const report = host('xorriso', '-indev', first.iso, '-report_el_torito', 'plain', '-report_system_area', 'plain');
  expect(report).toMatch(/boot img : {3}1 {2}BIOS {2}y {3}none/);
  expect(report).toMatch(/boot img : {3}2 {2}UEFI {2}y {3}none/);
  expect(report).toContain('/isolinux/isolinux.bin');
  expect(report).toContain('MBR isohybrid');
  expect(host('isoinfo', '-d', '-i', first.iso)).toContain('Volume id: Debian trixie 20250505-12:00');
});

test('the EFI partition of a stick and the EFI image of a CD are the same FAT image', async () => {
  const { iso, medium } = await make();
  const image = join(medium, 'boot/grub/efi.img');
  expect(host('mdir', '-b', '-/', '-i', image, '::').trim().split('\n')).toEqual(
    expect.arrayContaining([
      ...['::/EFI/boot/bootx64.efi', '::/EFI/boot/grubx64.efi', '::/EFI/boot/bootia32.efi'],
      '::/boot/grub/grub.cfg',
    ]),
  );
  expect(host('mtype', '-i', image, '::/boot/grub/grub.cfg')).toMatch(
    /search --no-floppy --set=root --file \/\.disk\/id\//,
  );
  const { partitiontable } = JSON.parse(host('sfdisk', '--json', iso));
  const { start, size } = partitiontable.partitions[1];
  const onDisk = (await readFile(iso)).subarray(start * 512, (start + size) * 512);
  const wanted = await readFile(image);
  expect(Buffer.compare(onDisk.subarray(0, wanted.length), wanted)).toBe(0);
});

test('what is read back from the image has the checksums that stand on it', async () => {
  const { root, iso } = await make({ checksums: ['sha256', 'md5'] });
  const copy = join(root, 'copy');
  host('xorriso', '-osirrox', 'on', '-indev', iso, '-extract', '/', copy);
  const check = (program: string) =>
    execFileSync(program, ['-c', '--strict', `${program}.txt`], { cwd: copy, encoding: 'utf8' });
  expect(check('sha256sum')).toContain('./live/filesystem.squashfs: OK');
  expect(check('md5sum')).toContain('./boot/grub/efi.img: OK');
  expect(await readFile(join(copy, '.disk/info'), 'utf8')).toContain('"Trixie" - Snapshot amd64 LIVE Binary');
  expect(await readFile(join(copy, '.disk/mkisofs'), 'utf8')).toMatch(/^xorriso .* -o live-image.hybrid.iso binary\n$/);
  host('chmod', '-R', 'u+w', copy);
});

test('the stable names of kernel and initrd take no space in the image', async () => {
  const { iso } = await make();
  const listing = host('isoinfo', '-R', '-l', '-i', iso);
  const extents = (name: string) => new RegExp(`\\[ *(\\d+) \\d+\\] +${name} `).exec(listing)?.[1];
  expect(extents('vmlinuz')).toBeDefined();
  expect(extents('vmlinuz')).toBe(extents('vmlinuz-6\\.12\\.30-amd64'));
  expect(extents('initrd.img')).toBe(extents('initrd\\.img-6\\.12\\.30-amd64'));
});

test.each([
  ['GRUB on BIOS and UEFI', { biosLoader: 'grub-pc' }, /1 {2}BIOS/],
  ['UEFI only', { biosLoader: 'none' }, /1 {2}UEFI/],
  ['BIOS only', { efiLoader: 'none' }, /1 {2}BIOS/],
  ['no partitions', { imageType: 'iso' }, /1 {2}BIOS/],
  ['unsigned GRUB', { secureBoot: 'disable' }, /2 {2}UEFI/],
] as const)('%s: same bytes each time', async (_, changes, bootImage) => {
  const [first, second] = [await make(changes), await make(changes)];
  expect(Buffer.compare(await readFile(first.iso), await readFile(second.iso))).toBe(0);
  expect(host('xorriso', '-indev', first.iso, '-report_el_torito', 'plain')).toMatch(bootImage);
  const isPartitioned = !('imageType' in changes) && !('efiLoader' in changes);
  if (isPartitioned) expect(host('sgdisk', '-v', first.iso)).toContain('No problems found.');
  expect(first.secureBoot).toBe(!('secureBoot' in changes) && !('efiLoader' in changes));
});

test('GRUB understands every file it is given', async () => {
  const serial = { port: 0, speed: 115200 };
  const { medium } = await make({
    menu: { timeoutSeconds: 5, serial },
    bootAppendLive: 'boot=live locales=de_DE.UTF-8;x',
  });
  for (const name of ['grub', 'config', 'theme', 'loopback', 'x86_64-efi/grub']) {
    host('grub-script-check', join(medium, `boot/grub/${name}.cfg`));
  }
  const early = join(medium, 'early.cfg');
  await writeFile(early, host('mtype', '-i', join(medium, 'boot/grub/efi.img'), '::/boot/grub/grub.cfg'));
  host('grub-script-check', early);
});

test("the user's menus, drawings and includes win", async () => {
  const user = await mkdtemp(join(tmpdir(), 'user-'));
  onTestFinished(() => rm(user, { recursive: true }));
  const files = {
    'bootloaders/grub-pc/grub.cfg': 'menuentry "Mine" { linux @KERNEL_LIVE@ @APPEND_LIVE@ mine }\n@LINUX_LIVE@\n',
    'bootloaders/isolinux/live.cfg.in':
      'label mine-@FLAVOUR@\n\tlinux @LINUX@\n\tinitrd @INITRD@\n\tappend @APPEND_LIVE@\n',
    'bootloaders/splash.svg':
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#f00"/></svg>',
    'binary/autorun.inf': 'included',
    'binary/isolinux/menu.cfg': 'menu title Included\n',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(user, path, '..'), { recursive: true });
    await writeFile(join(user, path), text);
  }
  const includes = { userBootloaders: join(user, 'bootloaders'), includesBinary: join(user, 'binary') };
  const { medium } = await make({}, includes);
  const read = (path: string) => readFile(join(medium, path), 'utf8');
  expect(await read('boot/grub/grub.cfg')).toContain(
    'vmlinuz-6.12.30-amd64 boot=live components quiet splash findiso=',
  );
  expect(await read('isolinux/live.cfg')).toMatch(/^label mine-amd64\n\tlinux \/live\/vmlinuz\n/);
  expect(await read('isolinux/menu.cfg')).toBe('menu title Included\n');
  expect(await read('autorun.inf')).toBe('included');
  expect(host('file', '-b', join(medium, 'boot/grub/splash.png'))).toContain('800 x 600');
  expect(host('file', '-b', join(medium, 'isolinux/splash.png'))).toContain('640 x 480');
});

test('a tar image is the medium of a disk, in one directory, with the loader of its file system', async () => {
  const settings = { imageType: 'tar', filesystem: 'ext4' } as const;
  const [first, second] = [await make(settings), await make(settings)];
  expect(Buffer.compare(await readFile(first.iso), await readFile(second.iso))).toBe(0);
  const names = host('tar', '--list', '--file', first.iso).split('\n');
  expect(names).toEqual(
    expect.arrayContaining(['binary/', 'binary/boot/extlinux/extlinux.conf', 'binary/EFI/boot/bootx64.efi']),
  );
  expect(names.filter((name) => name !== '' && !name.startsWith('binary/'))).toEqual([]);
  const verbose = host('tar', '--list', '--verbose', '--file', first.iso);
  expect(verbose).toMatch(/root\/root .* binary\/live\/filesystem\.squashfs$/m);
  expect(verbose).toMatch(/vmlinuz link to binary\/live\/vmlinuz-6|vmlinuz-6.* link to binary\/live\/vmlinuz$/m);
});

const net = { ...defaultNet, rootPath: '/srv/classroom', rootServer: '192.168.0.2' };

test('a netboot archive: what is mounted, and what the boot server gives out', async () => {
  const { iso, root } = await make({ imageType: 'netboot', net });
  const names = new Set(host('tar', '--list', '--file', iso).split('\n'));
  for (const path of [
    'classroom/live/filesystem.squashfs',
    'classroom/sha256sum.txt',
    'tftpboot/pxelinux.0',
    'tftpboot/ldlinux.c32',
    'tftpboot/live/vmlinuz',
    'tftpboot/live/initrd.img',
  ]) {
    expect(names).toContain(path);
  }
  expect([...names].filter((name) => /^classroom\/(live\/(vmlinuz|initrd)|isolinux|EFI)/.test(name))).toEqual([]);
  host('tar', '--extract', '--file', iso, '--directory', root);
  expect(await readFile(join(root, 'tftpboot/pxelinux.cfg/default'), 'utf8')).toContain('timeout 0');
  // The card's address is appended to the entries behind this line, and to none before it.
  expect(await readFile(join(root, 'tftpboot/pxelinux.cfg/default'), 'utf8')).toMatch(
    /^sysappend 2\n[\s\S]*include menu\.cfg$/m,
  );
  expect(await readFile(join(root, 'tftpboot/live.cfg'), 'utf8')).toContain(
    'append boot=live components quiet splash netboot=nfs nfsroot=192.168.0.2:/srv/classroom',
  );
  // Every file that the list names is there: live-build moves kernels away after it has listed them.
  execFileSync('sha256sum', ['-c', '--strict', '--quiet', 'sha256sum.txt'], { cwd: join(root, 'classroom') });
});

test.each([
  ['fat32', 'syslinux/syslinux.cfg', ['live/vmlinuz']],
  ['ext4', 'boot/extlinux/extlinux.conf', ['live/vmlinuz', 'live/vmlinuz-6.12.30-amd64']],
] as const)('the medium of a disk with %s', async (filesystem, config, kernels) => {
  const { medium } = await make({ imageType: 'hdd', filesystem });
  expect(await readFile(join(medium, config), 'utf8')).toContain('default vesamenu.c32');
  const names = (await readdir(join(medium, 'live'))).filter((name) => name.startsWith('vmlinuz'));
  expect(names.map((name) => `live/${name}`)).toEqual(kernels);
});
