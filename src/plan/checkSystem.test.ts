import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { checkSystem } from './checkSystem.ts';

async function check(commandLine: string): Promise<void> {
  const { values } = await configOf(await makeTree({}), `-d trixie ${commandLine}`);
  for (const type of values.binaryImages) checkSystem(values, type);
}

test.each([
  ['--chroot-filesystem plain -b hdd --binary-filesystem ext4'],
  ['--chroot-filesystem plain -b tar'],
  ['--system normal --chroot-filesystem none -b hdd --binary-filesystem ext2'],
  ['--system normal'],
  ['--chroot-filesystem ext4'],
])('%s can be built', async (commandLine) => {
  await expect(check(commandLine)).resolves.toBeUndefined();
});

test.each([
  ['--chroot-filesystem plain', 'An ISO image does not hold the system file by file'],
  ['--chroot-filesystem plain -b netboot', 'A netboot image does not hold'],
  ['--chroot-filesystem plain -b hdd', 'A disk with fat32 does not hold'],
  ['--chroot-filesystem none -b tar', 'the medium is itself the system, and live-boot looks for one on it'],
  ['--chroot-filesystem ext4 -b netboot', 'live-boot does not fetch such an image by HTTP'],
  ['--initramfs dracut-live -b netboot', 'its menu would name a volume'],
])('%s is refused with a reason', async (commandLine, reason) => {
  await expect(check(commandLine)).rejects.toThrow(reason);
});
