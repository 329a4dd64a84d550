import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { installedPackages, packagesText } from './dpkgStatus.ts';

test('installed packages by name, with the architecture where several may be there', () => {
  const status = [
    'Package: zsh\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.9-8\n',
    'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nVersion: 2.41-12\n',
    'Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n',
    'Package: half\nStatus: install ok half-configured\nArchitecture: all\nVersion: 1\n',
    'Package: held\nStatus: hold ok installed\nArchitecture: all\nMulti-Arch: foreign\nVersion: 1:2\nDescription: x\n Status: install\n',
  ].join('\n');
  expect(packagesText(installedPackages(status))).toBe('held\t1:2\nlibc6:amd64\t2.41-12\nzsh\t5.9-8\n');
  expect(packagesText(installedPackages(''))).toBe('');
});

test('as dpkg-query lists this machine', async () => {
  const directory = await tempDirectory();
  for (const name of ['info', 'updates']) await mkdir(join(directory, name));
  await copyFile('/var/lib/dpkg/status', join(directory, 'status'));
  const format = `\${db:Status-Status} \${binary:Package}\t\${Version}\n`;
  const options = { env: { ...process.env, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' } as const;
  const argv = [`--admindir=${directory}`, '--show', `--showformat=${format}`];
  const lines = execFileSync('dpkg-query', argv, options).split('\n');
  const wanted = lines.filter((line) => line.startsWith('installed ')).map((line) => line.replace('installed ', ''));
  const text = packagesText(installedPackages(await readFile(join(directory, 'status'), 'utf8')));
  expect(text.split('\n').filter(Boolean).toSorted()).toEqual(wanted.toSorted());
});
