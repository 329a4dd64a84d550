import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { writeFirmware } from './poolFirmware.ts';
import type { PoolPackage } from './poolLock.ts';

const item = (name: string, section: string) =>
  ({ name, version: '1', architecture: 'all', source: 'nonfree', section, use: 'firmware' }) as PoolPackage;

// What hw-detect's check-missing-firmware reads: `while read file package area`, the file being looked for anywhere in the line.
test('an installer finds the package of a file, and those of the devices that are there', async () => {
  const directory = await tempDirectory();
  await writeFirmware(directory, [item('firmware-b', 'non-free-firmware/kernel'), item('firmware-a', 'kernel')], {
    files: 'usr/lib/firmware/y.bin\tfirmware-b\nlib/firmware/x.bin\tfirmware-a\nlib/firmware/z\tnot-there\n',
    patterns: 'firmware-b\tpci:v1d*sv*\nfirmware-b\tusb:v2*\nnot-there\tpci:*\n',
  });
  const place = join(directory, 'firmware');
  const read = (name: string) => readFile(join(place, name), 'utf8');
  const rows = (await read('Contents-firmware')).split('\n').map((row) => row.split(/ +/));
  expect(rows).toEqual([
    ['/lib/firmware/x.bin', 'firmware-a_1_all.deb', 'main'],
    ['/usr/lib/firmware/y.bin', 'firmware-b_1_all.deb', 'non-free-firmware'],
    [''],
  ]);
  expect(await readlink(join(place, 'firmware-b_1_all.deb'))).toBe(
    '../pool/non-free-firmware/n/nonfree/firmware-b_1_all.deb',
  );
  expect((await readdir(join(place, 'dep11'))).toSorted()).toEqual(['firmware-b.component', 'firmware-b.patterns']);
  expect(await read('dep11/firmware-b.patterns')).toBe('^pci:v1d.*sv.*$\n^usb:v2.*$\n');
  expect(await read('dep11/firmware-b.component')).toBe('non-free-firmware\n');
});
