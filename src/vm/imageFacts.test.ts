import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { describeLoss, kindOf, readImageFacts } from './imageFacts.ts';
import { findMarks, isMarked } from './imageMarks.ts';

function bytesWith(places: Readonly<Record<number, string>>, length = 40_000): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [offset, text] of Object.entries(places)) bytes.write(text, Number(offset), 'latin1');
  return bytes;
}

const iso = { 32769: 'CD001' };

test.each([
  ['an ISO image', 'x.iso', bytesWith(iso), 'iso'],
  ['an ISO image with a boot sector of a disk', 'x.iso', bytesWith({ ...iso, 510: '\x55\xaa' }), 'iso-hybrid'],
  ['an ISO image that is called otherwise', 'x.img', bytesWith(iso), 'iso'],
  ['a netboot archive', 'x-amd64.netboot.tar', bytesWith({ 257: 'ustar\0' }), 'netboot'],
  ['another tar archive', 'x-amd64.tar.tar', bytesWith({ 257: 'ustar\0' }), 'tar'],
  ['a disk', 'x.img', bytesWith({ 510: '\x55\xaa' }), 'hdd'],
  ['something short', 'x.img', Buffer.from('short'), 'hdd'],
])('%s', (_, path, bytes, kind) => expect(kindOf(path, bytes)).toBe(kind));

test.each([
  ['an ISO image says how many blocks it has', 'x.iso', { ...iso, [16 * 2048 + 80]: '\x40' }, 64 * 2048],
  ['a disk ends where its last partition does', 'x.img', { 454: '\x40', 458: '\x10', 510: '\x55\xaa' }, 80 * 512],
  ['other files do not say', 'x.img', {}, undefined],
])('%s', async (_, name, places, statedBytes) => {
  const path = join(await tempDirectory(), name);
  await writeFile(path, bytesWith(places));
  const facts = await readImageFacts(path);
  expect(facts.statedBytes).toBe(statedBytes);
  expect(describeLoss(facts)).toBe(
    statedBytes === undefined || statedBytes < 40_001
      ? undefined
      : `The image is cut off: of ${statedBytes} bytes 40000 are there.`,
  );
});

const grub = `menuentry "Live system (amd64)" --hotkey=l {
	linux	/live/vmlinuz-6.12 boot=live
}
submenu 'Utilities...' --hotkey=u {
	if [ "$grub_platform" = "efi" ]; then
	menuentry "Memory Diagnostic Tool (memtest86+)" --hotkey=m {
		linux	/live/memtest.efi
	}
	else
	menuentry "Memory test, BIOS" {
		linux	/live/memtest.bin
	}
	fi
}
menuentry 'Start installer' --hotkey=i {
	set background_color=black
	linux	/install/vmlinuz vga=788 --- quiet
	initrd	/install/initrd.gz
}`;
const syslinux = `label memtest
	menu label ^Memory test
	linux /live/memtest.bin

label installstart
	menu label Start ^installer
	linux /install/vmlinuz

label installgui
	menu label ^Graphical install
	linux /install/gtk/vmlinuz
`;

test('menu entries are found by what they start', () => {
  const marks = findMarks(Buffer.from(`${grub}\0\0${syslinux}`));
  expect(marks).toEqual({
    memtest: {
      bios: { titles: ['Memory test, BIOS'], labels: ['memtest'] },
      uefi: { titles: ['Memory Diagnostic Tool (memtest86+)'], labels: [] },
    },
    installer: { titles: ['Start installer'], labels: ['installstart'] },
    graphicalInstaller: { titles: [], labels: ['installgui'] },
    hasCryptsetup: false,
    hasCifsRoot: false,
    hasIa32Loader: false,
    isWithoutLiveBoot: false,
  });
});

test.each([
  ['boot=live components quiet splash', false],
  ['boot=live components quiet splash rd.live.image root=live:CDLABEL=X rd.live.dir=live', true],
  ['root=UUID=01234567-89ab-8cde-8f01-23456789abcd rw quiet splash', true],
  ['root=UUID=none rw', false],
])('a menu with %j is of a system without live-boot: %s', (words, isWithout) => {
  expect(findMarks(Buffer.from(`menuentry "Live" {\n linux /live/vmlinuz ${words}\n}`)).isWithoutLiveBoot).toBe(
    isWithout,
  );
});

test.each([
  ['a file that no entry starts', '/live/memtest.bin\n/install/vmlinuz\n'],
  ['a checksum of it', '0123abcd  ./live/memtest.bin\n'],
  ['a word in another entry', 'menuentry "Live" {\n linux /live/vmlinuz memtest /memtest\n}'],
])('%s is no menu entry', (_, text) => {
  const { memtest, installer } = findMarks(Buffer.from(text));
  expect([memtest.bios, memtest.uefi, installer].some(isMarked)).toBe(false);
});

test('the list of packages tells of cryptsetup, another package of that name does not', () => {
  expect(findMarks(Buffer.from('cryptsetup-initramfs\t2:2.7.5-2\n')).hasCryptsetup).toBe(true);
  expect(findMarks(Buffer.from('cryptsetup\t2:2.7.5-2\n')).hasCryptsetup).toBe(false);
});

test('an image is read once: size, sum, and marks also where two pieces meet', async () => {
  const path = join(await tempDirectory(), 'x.iso');
  // The entry lies across the border of the first piece of 8 MiB.
  const bytes = bytesWith({ ...iso, [(8 << 20) - 30]: `label memtest\n\tlinux /live/memtest.bin\n` }, 9 << 20);
  await writeFile(path, bytes);
  const facts = await readImageFacts(path);
  expect(facts).toMatchObject({ kind: 'iso', sizeBytes: bytes.length });
  expect(facts.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(facts.marks.memtest.bios.labels).toEqual(['memtest']);
});
