import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { imageSettings, mediumSettings } from './mediumSettings.ts';

async function valuesOf(commandLine: string) {
  return (await configOf(await makeTree({}), `-d trixie -a amd64 ${commandLine}`)).values;
}

test('the options of the boot menu', async () => {
  const values = await valuesOf(
    '--boot-menu-timeout 0 --boot-menu-entries toram --boot-menu-default live-amd64-toram --boot-menu-serial 1,9600',
  );
  expect(mediumSettings(values, 'iso-hybrid', '1').menu).toEqual({
    timeoutSeconds: 0,
    extraEntries: ['toram'],
    defaultEntry: 'live-amd64-toram',
    serial: { port: 1, speed: 9600 },
  });
  expect(mediumSettings(await valuesOf('--boot-menu-serial 0'), 'hdd', '1').menu.serial?.speed).toBe(115200);
  expect(mediumSettings(await valuesOf(''), 'iso', '1').menu).toEqual({});
});

// A setting of another type must not make this medium anew.
test('a medium knows only what concerns it', async () => {
  const values = await valuesOf('--hdd-label X --binary-filesystem ext4 --net-root-server 10.0.0.1');
  const iso = mediumSettings(values, 'iso-hybrid', '1');
  expect(iso).toEqual(mediumSettings(await valuesOf(''), 'iso-hybrid', '1'));
  expect(mediumSettings(values, 'hdd', '1')).toMatchObject({ filesystem: 'ext4' });
  expect(mediumSettings(values, 'netboot', '1').net).toMatchObject({
    rootServer: '10.0.0.1',
    rootPath: '/srv/debian-live',
  });
});

test.each([
  ['--hdd-label MUCH_TOO_LONG', '--hdd-label'],
  ['--hdd-partition-start 3s', '--hdd-partition-start'],
  ['--binary-filesystem ntfs', 'ntfs are not made'],
  ['--binary-filesystem btrfs', 'btrfs are not made'],
])('a disk that cannot be made is refused before anything runs: %s', async (commandLine, words) => {
  const values = await valuesOf(commandLine);
  expect(() => imageSettings(values, 'hdd')).toThrow(words);
  expect(imageSettings(values, 'iso')).toEqual({});
});

test('what concerns the file alone', async () => {
  const values = await valuesOf('--hdd-label X --hdd-size 900 --compression xz');
  expect(imageSettings(values, 'hdd')).toEqual({ disk: { label: 'X', sizeMib: 900, partitionStart: '' } });
  expect(imageSettings(await valuesOf(''), 'hdd').disk?.sizeMib).toBeNull();
  expect(imageSettings(values, 'netboot')).toEqual({ compression: 'xz' });
  expect(imageSettings(values, 'iso')).toEqual({});
});
