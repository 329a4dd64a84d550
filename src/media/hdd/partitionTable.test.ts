import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../../test/helpers/tempDirectory.ts';
import { gptScript, partitionTypes } from './partitionTable.ts';

const table = {
  diskUuid: '01234567-89ab-8cde-8f01-23456789abcd',
  partitions: [
    {
      startSector: 63,
      sectors: 4033,
      type: partitionTypes.basicData,
      uuid: '11111111-89ab-8cde-8f01-23456789abcd',
      name: 'MY LIVE',
      legacyBoot: true,
    },
    {
      startSector: 4096,
      sectors: 2048,
      type: partitionTypes.efiSystem,
      uuid: '22222222-89ab-8cde-8f01-23456789abcd',
      name: '',
    },
  ],
};

test('sfdisk reads the script and gives back what stands in it', async () => {
  const image = join(await tempDirectory(), 'disk.img');
  await writeFile(image, '');
  await truncate(image, 4 * 1024 * 1024);
  const path = `${process.env['PATH']}:/usr/sbin:/sbin`;
  const sfdisk = (argv: string[], input = '') =>
    execFileSync('sfdisk', argv, { input, encoding: 'utf8', env: { PATH: path } });
  sfdisk(['--quiet', image], gptScript(table));
  const { partitiontable } = JSON.parse(sfdisk(['--json', image]));
  expect(partitiontable).toMatchObject({ id: table.diskUuid.toUpperCase(), firstlba: 34 });
  expect(partitiontable.partitions).toMatchObject([
    {
      start: 63,
      size: 4033,
      type: partitionTypes.basicData,
      uuid: '11111111-89AB-8CDE-8F01-23456789ABCD',
      name: 'MY LIVE',
      attrs: 'LegacyBIOSBootable',
    },
    { start: 4096, size: 2048, type: partitionTypes.efiSystem },
  ]);
});
