// Every medium, started in a machine by the loader that it is made with: what `lb build` makes of one tree, `lb write` of
// an image, and `lb serve netboot` of an archive.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { BootVerdict } from '../../src/vm/verdict.ts';
import {
  copyFirst,
  firstBuild,
  image as isoImage,
  lb,
  lbSucceeds,
  runDirectory,
  stepsOf,
  write,
} from '../helpers/lb.ts';
import { isRoot } from '../helpers/user.ts';

const disk = 'live-image-amd64.img';
const archive = 'live-image-amd64.netboot.tar';

let directory: string;
beforeAll(async () => {
  // What can be taken from the store then is.
  await firstBuild();
  directory = copyFirst('media');
  write(directory, 'config/package-lists/crypt.list.chroot', 'cryptsetup-initramfs\n');
  const menu = ['--boot-menu-entries', 'persistence', '--memtest', 'memtest86+', '--debian-installer', 'netboot'];
  const kernels = ['--linux-flavours', 'amd64 cloud-amd64', '--debian-installer-gui', 'false'];
  await lbSucceeds(['config', '-b', 'iso-hybrid,hdd,netboot', ...kernels, ...menu], { directory });
  await lbSucceeds(['build'], { directory });
});

/** The kernels of the live entries of a menu, in its order. */
function kernelsOf(menu: string): string[] {
  return [...menu.matchAll(/^\s*(?:linux|kernel)\s+(\S*live\/vmlinuz\S*)/gm)].map(([, path = '']) => path);
}

test('each of several kernels has entries in every menu, which name files that are there', () => {
  const onDisc = (path: string) => readFileSync(join(directory, 'binary', path), 'utf8');
  const tar = (...words: string[]) =>
    execFileSync('tar', [...words.slice(0, 1), join(directory, archive), ...words.slice(1)], { encoding: 'utf8' });
  const served = tar('-tf').split('\n');
  const grub = new Set(kernelsOf(onDisc('boot/grub/grub.cfg')));
  expect([...grub].map((path) => path.replace(/-\d[^-]*/, ''))).toEqual([
    '/live/vmlinuz-amd64',
    '/live/vmlinuz-cloud-amd64',
  ]);
  expect(new Set(kernelsOf(onDisc('isolinux/live.cfg')))).toEqual(new Set(['/live/vmlinuz1', '/live/vmlinuz2']));
  for (const path of [...grub, '/live/vmlinuz1', '/live/vmlinuz2', '/live/initrd1.img', '/live/initrd2.img']) {
    expect(existsSync(join(directory, 'binary', path))).toBe(true);
  }
  for (const menu of ['live.cfg', 'grub/grub.cfg', 'boot.ipxe']) {
    const paths = [...new Set(kernelsOf(tar('-xOf', `tftpboot/${menu}`)))].map((path) => path.replace(/^\/?/, '/'));
    expect([menu, paths]).toEqual([menu, ['/live/vmlinuz1', '/live/vmlinuz2']]);
    for (const path of paths) expect(served).toContain(`tftpboot${path}`);
  }
});

interface Booting {
  /** Absolute. */
  readonly image: string;
  readonly boots: string;
  /** Default: as long as a boot may take. */
  readonly seconds?: number;
}

async function verdictsOf({ image, boots, seconds }: Booting): Promise<Readonly<Record<string, BootVerdict>>> {
  const limit = seconds === undefined ? [] : ['--timeout', String(seconds)];
  const output = runDirectory(`boots-${boots.replaceAll(',', '-')}`);
  const { events } = await lb(['test', image, '--json', '--boots', boots, '--output', output, ...limit], { directory });
  const verdicts: Record<string, BootVerdict> = {};
  for (const event of events) {
    if (event.type === 'boot-verdict') verdicts[event.boot] = event.verdict as BootVerdict;
  }
  return verdicts;
}

/** All of them came up as live systems. */
async function expectBoots(booting: Booting): Promise<Readonly<Record<string, BootVerdict>>> {
  const verdicts = await verdictsOf(booting);
  const told = Object.entries(verdicts).map(([name, { verdict, summary }]) => [name, verdict, summary]);
  expect(told.map(([name]) => name).sort()).toEqual(booting.boots.split(',').sort());
  expect(told.filter(([, verdict]) => verdict !== 'passed')).toEqual([]);
  return verdicts;
}

test('a disk image starts by BIOS and by Secure Boot, and keeps files, encrypted too', async () => {
  const image = join(directory, disk);
  const verdicts = await expectBoots({ image, boots: 'bios-disk,uefi-disk,bios-luks' });
  expect(verdicts['uefi-disk']?.facts).toMatchObject({ secureBoot: 'enabled', liveMediumType: 'vfat' });
  expect(verdicts['bios-luks']?.shown).toBe('The file written before the power-off is there.');
});

test('memory test and installer start from the menu', async () => {
  await expectBoots({ image: join(directory, disk), boots: 'bios-disk-memtest,uefi-disk-memtest,uefi-disk-installer' });
});

test('another file system makes the disk image anew and nothing before it; extlinux starts it', async () => {
  await lbSucceeds(['config', '-b', 'hdd', '--binary-filesystem', 'ext4'], { directory });
  const built = await lbSucceeds(['build', '--json'], { directory });
  const ran = stepsOf('step-done', built);
  expect(ran).toEqual(expect.arrayContaining(['medium:hdd', 'image:hdd']));
  for (const step of ['packages:install', 'initrd', 'rootfs']) expect(ran).not.toContain(step);
  const verdicts = await expectBoots({ image: join(directory, disk), boots: 'bios-disk' });
  expect(verdicts['bios-disk']?.facts).toMatchObject({ liveMediumType: 'ext4' });
});

test('GRUB for BIOS starts a disk too', async () => {
  await lbSucceeds(['config', '-b', 'hdd', '--binary-filesystem', 'fat32', '--bootloaders', 'grub-pc,grub-efi'], {
    directory,
  });
  await lbSucceeds(['build'], { directory });
  await expectBoots({ image: join(directory, disk), boots: 'bios-disk' });
});

test('a stick that lb write has made keeps a file', async () => {
  const stick = runDirectory('stick.img');
  await lbSucceeds(['write', join(directory, 'live-image-amd64.hybrid.iso'), stick, '--persistence=300M', '--yes'], {
    directory,
  });
  const verdicts = await expectBoots({ image: stick, boots: 'uefi-persistence' });
  expect(verdicts['uefi-persistence']?.shown).toBe('The file written before the power-off is there.');
});

test.runIf(isRoot)('the network: a root over NFS by pxelinux, a system fetched over HTTP by signed GRUB', async () => {
  const verdicts = await expectBoots({ image: join(directory, archive), boots: 'bios-nfs,uefi-http' });
  expect(verdicts['bios-nfs']?.facts).toMatchObject({ rootType: 'overlay', liveMediumType: 'nfs' });
  expect(verdicts['uefi-http']?.facts).toMatchObject({ secureBoot: 'enabled' });
});

test('an image that is cut off is told from one that has no loader', async () => {
  const cut = runDirectory('cut.img');
  copyFileSync(join(directory, disk), cut);
  truncateSync(cut, Math.floor(readFileSync(cut).length / 2));
  const verdict = (await verdictsOf({ image: cut, boots: 'bios-disk', seconds: 120 }))['bios-disk'];
  expect(verdict?.verdict).toBe('failed');
  expect(verdict?.summary).toMatch(/cut off|truncated|ends before|damaged|could not be read/i);
});

test('GRUB for BIOS starts an ISO image as a CD and as a disk; 32-bit UEFI has a loader of its own', async () => {
  await lbSucceeds(['config', '-b', 'iso-hybrid', '--bootloaders', 'grub-pc,grub-efi'], { directory });
  await lbSucceeds(['build'], { directory });
  const image = join(directory, isoImage);
  const verdicts = await expectBoots({ image, boots: 'bios-cd-memtest,bios-disk,uefi-ia32-disk' });
  expect(verdicts['uefi-ia32-disk']?.facts).toMatchObject({ secureBoot: 'disabled', liveMediumType: 'iso9660' });
});
