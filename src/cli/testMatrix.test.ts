import { expect, test } from 'vitest';
import type { Fittings } from '../vm/applies.ts';
import { noMarks } from '../vm/imageMarks.ts';
import type { ImageKind } from '../vm/matrix.ts';
import { chooseBoots, describeMatrix, readBootList, type SeenImage } from './testMatrix.ts';

function seen(name: string, kind: ImageKind): SeenImage {
  return { path: `/build/${name}`, architecture: 'amd64', facts: { kind, sizeBytes: 1, sha256: '', marks: noMarks } };
}

const iso = seen('live-image-amd64.hybrid.iso', 'iso-hybrid');
const hdd = seen('live-image-amd64.img', 'hdd');
const lab: Fittings = { startLab: async () => ({ netdevArgs: 'user,id=net0', close: async () => {} }) };

test('without a list an image is booted in the ways it is made for', () => {
  const { requests, leftOut } = chooseBoots([iso], undefined, {});
  expect(requests.map(({ name }) => name)).toEqual(['bios-cd', 'uefi-cd', 'bios-disk', 'uefi-disk']);
  expect(leftOut).toEqual([]);
});

test('several images are told apart by kind, and where that does not do, by number', () => {
  const names = (images: SeenImage[]) =>
    chooseBoots(images, readBootList('bios-disk'), {}).requests.map(({ name }) => name);
  expect(names([iso, hdd])).toEqual(['iso-hybrid-bios-disk', 'hdd-bios-disk']);
  expect(names([hdd, seen('other.img', 'hdd')])).toEqual(['hdd-1-bios-disk', 'hdd-2-bios-disk']);
  expect(chooseBoots([iso, hdd], undefined, {}).requests.at(-1)?.title).toBe('hdd: UEFI Secure Boot, as a USB disk');
});

test('a netboot image boots from the network without being told', () => {
  const { requests } = chooseBoots([seen('x.netboot.tar', 'netboot')], undefined, lab);
  expect(requests.map(({ name }) => name)).toEqual(['bios-nfs', 'uefi-nfs']);
});

test('what the machine lacks for an image is told without being asked for', () => {
  const { leftOut } = chooseBoots([iso, seen('x.netboot.tar', 'netboot')], undefined, {});
  expect(leftOut.map(({ boot, reason }) => [boot.id, reason])).toEqual([
    ['bios-nfs', 'no network can be served here'],
    ['uefi-nfs', 'no network can be served here'],
  ]);
});

test('what was asked for and does not apply is left out with its reason', () => {
  const { requests, leftOut } = chooseBoots([hdd], readBootList('bios-cd,bios-disk'), {});
  expect(requests.map(({ name }) => name)).toEqual(['bios-disk']);
  expect(leftOut.map(({ boot, reason }) => [boot.id, reason])).toEqual([['bios-cd', 'this is a disk image']]);
});

test.each([
  [
    'bios-cd',
    'OPTION_VALUE',
    'There is nothing to boot. bios-cd does not apply to x.tar.tar: this is a tar archive, which no firmware starts.',
  ],
  [undefined, 'NOT_SUPPORTED', 'There is nothing to boot. bios-cd does not apply'],
])('nothing to boot (%s) is an error, not a success', (list, code, sentence) => {
  const choose = () => chooseBoots([seen('x.tar.tar', 'tar')], list === undefined ? undefined : readBootList(list), {});
  expect(choose).toThrow(expect.objectContaining({ code, message: expect.stringContaining(sentence) }));
});

test('lists name rows and groups, each row once, in the order of the matrix', () => {
  expect(readBootList('uefi-disk toram,bios-cd,toram')?.map(({ id }) => id)).toEqual([
    ...['bios-cd', 'uefi-disk', 'bios-cd-toram', 'uefi-cd-toram', 'bios-disk-toram', 'uefi-disk-toram'],
  ]);
  expect(readBootList(undefined)).toBeUndefined();
});

test('the matrix for a person', () => {
  expect(describeMatrix([hdd], {})).toMatchInlineSnapshot(`
    "live-image-amd64.img (hdd, amd64)
      bios-disk            BIOS, as a USB disk                                     yes, by default
      uefi-disk            UEFI Secure Boot, as a USB disk                         yes, by default
      bios-disk-toram      BIOS, as a USB disk, to memory                          yes
      uefi-disk-toram      UEFI Secure Boot, as a USB disk, to memory              yes
      bios-persistence     BIOS, as a USB disk, persistence                        no: no persistence partition can be made here
      uefi-persistence     UEFI Secure Boot, as a USB disk, persistence            no: no persistence partition can be made here
      bios-luks            BIOS, as a USB disk, encrypted persistence              no: its system lacks the package cryptsetup-initramfs
      uefi-luks            UEFI Secure Boot, as a USB disk, encrypted persistence  no: its system lacks the package cryptsetup-initramfs
      bios-disk-memtest    BIOS, as a USB disk, memory test                        no: its menu has no memory test for this firmware
      uefi-disk-memtest    UEFI, as a USB disk, memory test                        no: its menu has no memory test for this firmware
      bios-disk-installer  BIOS, as a USB disk, installer                          no: its menu has no installer
      uefi-disk-installer  UEFI Secure Boot, as a USB disk, installer              no: its menu has no installer
      uefi-ia32-disk       32-bit UEFI, as a USB disk                              no: it has no boot loader for 32-bit UEFI
      and 13 that are for other kinds of images
    "
  `);
});
