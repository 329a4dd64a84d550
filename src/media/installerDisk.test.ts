import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { orIfAbsent } from '../errors.ts';
import { diskLabel, nameSuites, writeInstallerDisk } from './installerDisk.ts';
import type { InstallerType } from './settings.ts';
import { defaultSettings } from './testSettings.ts';

/** What live-build 20230502 leaves in .disk/ for the same values. */
test.each<[InstallerType, string, Record<string, string>]>([
  [
    'live',
    'LIVE/INSTALL',
    {
      cd_type: 'live\n',
      base_components: 'main\n',
      base_installable: '',
      udeb_include: 'netcfg\nethdetect\npcmciautils-udeb\nlive-installer\n',
    },
  ],
  [
    'cdrom',
    'LIVE/CD',
    {
      cd_type: 'full_cd\n',
      base_components: 'main\n',
      base_installable: '',
      udeb_include: 'netcfg\nethdetect\npcmciautils-udeb\n',
    },
  ],
  [
    'businesscard',
    'LIVE/BC',
    {
      cd_type: 'not_complete\n',
      base_components: 'main\n',
      udeb_include: 'choose-mirror\nnetcfg\nethdetect\npcmciautils-udeb\n',
    },
  ],
  ['netboot', 'LIVE/NETBOOT', {}],
])('%s: .disk says what there is', async (type, label, files) => {
  const directory = await tempDirectory();
  const settings = { ...defaultSettings, installer: { type, gui: true } };
  expect(diskLabel(settings)).toBe(label);
  await writeInstallerDisk(directory, settings);
  for (const name of ['cd_type', 'base_components', 'base_installable', 'udeb_include']) {
    const text = await orIfAbsent(readFile(join(directory, '.disk', name), 'utf8'), undefined);
    expect([name, text]).toEqual([name, files[name]]);
  }
});

test('the installer finds its suite by each of its names, on Windows’ file systems by copies', async () => {
  const installer = { type: 'live', gui: true, suite: 'trixie' } as const;
  for (const filesystem of [undefined, 'fat32'] as const) {
    const directory = await tempDirectory();
    await mkdir(join(directory, 'dists/trixie'), { recursive: true });
    await writeFile(join(directory, 'dists/trixie/Release'), 'x');
    await nameSuites(directory, { ...defaultSettings, ...(filesystem && { filesystem }), installer });
    expect(await readFile(join(directory, 'dists/stable/Release'), 'utf8')).toBe('x');
    const link = await readlink(join(directory, 'debian')).catch(() => 'none');
    expect(link).toBe(filesystem === undefined ? '.' : 'none');
  }
});
