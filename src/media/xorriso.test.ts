import { expect, test } from 'vitest';
import type { MediumSettings } from './settings.ts';
import { defaultSettings, testEpochSeconds } from './testSettings.ts';
import { parseProgress, xorrisoArgv } from './xorriso.ts';

const uuid = '01234567-89ab-8cde-8f01-23456789abcd';

function argvOf(changes: Partial<MediumSettings> = {}): string {
  const settings = { ...defaultSettings, isoPublisher: 'Us', ...changes };
  return xorrisoArgv({ settings, directory: 'binary', output: 'x.iso', epochSeconds: testEpochSeconds, uuid }).join(
    ' ',
  );
}

test('iso-hybrid with isolinux and GRUB', () => {
  expect(argvOf()).toMatchInlineSnapshot(
    `"xorriso -no_rc -as mkisofs -r -J -joliet-long -l -cache-inodes -iso-level 3 --modification-date=2025050512000000 --set_all_file_dates 2025050512000000 -V Debian trixie 20250505-12:00 -A Debian Live -p livewright 0.1.0 -publisher Us -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -partition_offset 16 --mbr-force-bootable -iso_mbr_part_type EBD0A0A2-B9E5-4433-87C0-68B6B72699C7 -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B binary/boot/grub/efi.img -appended_part_as_gpt --gpt_disk_guid 01234567-89ab-8cde-8f01-23456789abcd -no-pad -o x.iso binary"`,
  );
});

test('a plain ISO has no partitions', () => {
  const argv = argvOf({ imageType: 'iso' });
  expect(argv).not.toMatch(/isohybrid|partition|gpt/);
  expect(argv).toContain('-eltorito-alt-boot -e boot/grub/efi.img');
});

test('BIOS by GRUB', () => {
  const argv = argvOf({ biosLoader: 'grub-pc' });
  expect(argv).toContain('-b boot/grub/grub_eltorito');
  expect(argv).toContain('--grub2-boot-info --grub2-mbr /usr/lib/grub/i386-pc/boot_hybrid.img');
});

test('UEFI only: no MBR code, and the EFI image is the first in the catalog', () => {
  const argv = argvOf({ architecture: 'arm64', biosLoader: 'none' });
  expect(argv).not.toMatch(/-mbr|-eltorito-alt-boot|-b /);
  expect(argv).toContain('-c boot/grub/boot.cat -e boot/grub/efi.img');
});

test('BIOS only: one MBR partition', () => {
  expect(argvOf({ efiLoader: 'none' })).toMatch(/-partition_offset 16 --mbr-force-bootable -o/);
});

test('names that are empty or none are left out', () => {
  const argv = argvOf({ isoVolume: 'none', isoApplication: '', isoPublisher: 'none', isoPreparer: 'none' });
  expect(argv).not.toMatch(/ -[VAp] | -publisher /);
});

test('a volume name that is too long after expansion is refused', () => {
  expect(() => argvOf({ isoVolume: 'A name that is long @ISOVOLUME_TS@' })).toThrow(
    'The ISO volume "A name that is long 20250505-12:00" is longer than the 32 bytes that ISO 9660 has for it.',
  );
});

test.each([
  ['xorriso : UPDATE :  34.53% done, estimate finish Mon May 05 12:00:01 2025', 34.53],
  ['xorriso : UPDATE : 100% done', 100],
  ['xorriso : UPDATE :      12 files added in 1 seconds', undefined],
])('%s', (line, percent) => expect(parseProgress(line)).toBe(percent));
