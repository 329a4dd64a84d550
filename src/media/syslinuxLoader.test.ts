import { expect, test } from 'vitest';
import { syslinuxLoader } from './syslinuxLoader.ts';
import { defaultSettings } from './testSettings.ts';

test.each([
  [{ imageType: 'iso' }, 'isolinux'],
  [{ imageType: 'iso-hybrid' }, 'isolinux'],
  [{ imageType: 'netboot' }, 'pxelinux'],
  [{ imageType: 'hdd', filesystem: 'fat16' }, 'syslinux'],
  [{ imageType: 'hdd', filesystem: 'ntfs' }, 'syslinux'],
  [{ imageType: 'hdd', filesystem: 'ext4' }, 'extlinux'],
  [{ imageType: 'hdd', filesystem: 'btrfs' }, 'extlinux'],
  [{ imageType: 'tar', filesystem: 'ext2' }, 'extlinux'],
] as const)('%o starts from %s', (settings, name) => {
  expect(syslinuxLoader({ ...defaultSettings, ...settings }).name).toBe(name);
});
