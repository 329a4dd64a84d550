// Every medium, started in a machine by the loader that it is made with: what `lb build` makes of one tree, `lb write` of
// an image, and `lb serve netboot` of an archive.
import { copyFileSync, readFileSync, truncateSync } from 'node:fs';
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
  await lbSucceeds(['config', '-b', 'iso-hybrid,hdd,netboot', '--debian-installer-gui', 'false', ...menu], {
    directory,
  });
  await lbSucceeds(['build'], { directory });
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
