import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildPackage } from '../../test/helpers/packages.ts';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { dpkgConf } from './repository.ts';

// Needs apt-config and dpkg, which is the judge.
test.each([
  [[], 'own\n'],
  [['--force-confnew'], 'package\n'],
  [['--force-confold', '--path-exclude=/usr/share/cf'], 'own\n'],
])('of settings that a package and the user both have, with %j this stays: %j', async (options, expected) => {
  const root = await tempDirectory();
  for (const path of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'etc'])
    await mkdir(join(root, path), { recursive: true });
  for (const path of ['var/lib/dpkg/status', 'var/lib/dpkg/available']) await writeFile(join(root, path), '');
  await writeFile(join(root, 'etc/cf.conf'), 'own\n');
  const files = { 'DEBIAN/conffiles': '/etc/cf.conf\n', 'etc/cf.conf': 'package\n' };
  await writeFile(join(root, 'cf.deb'), buildPackage({ name: 'cf', version: '1', files }).deb);
  await writeFile(join(root, 'apt.conf'), dpkgConf(options));
  const env = { PATH: process.env['PATH'], APT_CONFIG: join(root, 'apt.conf') };
  const said = execFileSync('apt-config', ['dump', '--format', '%v%n', 'DPkg::Options'], { env, encoding: 'utf8' });
  const words = said.split('\n').filter(Boolean);
  expect(words).toEqual(expect.arrayContaining(['--force-unsafe-io', ...options]));
  const asTest = [
    `--root=${root}`,
    '--force-not-root',
    '--force-script-chrootless',
    '--force-bad-path',
    '--log=/dev/null',
  ];
  execFileSync('dpkg', [...asTest, ...words, '--install', join(root, 'cf.deb')], { env, stdio: 'pipe' });
  expect(await readFile(join(root, 'etc/cf.conf'), 'utf8')).toBe(expected);
});
