import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configFiles } from '../../src/config/optionFiles.ts';
import { projectRoot } from './files.ts';

const hooks = join(projectRoot, 'share/hooks');

// The file names of live-build 1:20250505+deb13u1: trees link to them, and replace one by a file of the same name.
const names = {
  live: ['0010-disable-kexec-tools', '0050-disable-sysvinit-tmpfs'],
  normal: [
    '1000-create-mtab-symlink',
    '1010-enable-cryptsetup',
    '1020-create-locales-files',
    '5000-update-apt-file-cache',
    '5010-update-apt-xapian-index',
    '5020-update-glx-alternative',
    '5030-update-plocate-database',
    '5040-update-nvidia-alternative',
    '5050-dracut',
    '8000-remove-adjtime-configuration',
    '8010-remove-backup-files',
    '8020-remove-dbus-machine-id',
    '8030-truncate-log-files',
    '8040-remove-mdadm-configuration',
    '8050-remove-openssh-server-host-keys',
    '8060-remove-systemd-machine-id',
    '8070-remove-temporary-files',
    '8080-reproducible-glibc',
    '8090-remove-ssl-cert-snakeoil',
    '8100-remove-udev-persistent-cd-rules',
    '8110-remove-udev-persistent-net-rules',
    '9000-remove-gnome-icon-cache',
    '9010-remove-python-pyc',
    '9020-remove-man-cache',
  ],
};

const paths = Object.entries(names).flatMap(([kind, list]) => list.map((name) => `${kind}/${name}.hook.chroot`));

test('the stock hooks are those of live-build by name', () => {
  const present = Object.keys(names).flatMap((kind) => readdirSync(join(hooks, kind)).map((name) => `${kind}/${name}`));
  expect(present.sort()).toEqual([...paths].sort());
});

test.each(paths)('%s can be run, parses as POSIX shell and stops at the first error', (path) => {
  const file = join(hooks, path);
  expect(statSync(file).mode & 0o777).toBe(0o755);
  const { status, stderr } = spawnSync('sh', ['-n', file], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh\n# [A-Z].*\.\nset -e\n/);
});

test.each(paths)('%s writes nothing that differs from run to run', (path) => {
  const commands = readFileSync(join(hooks, path), 'utf8').replaceAll(/^\s*#.*$/gm, '');
  expect(commands).not.toMatch(/\bdate\b|RANDOM|\/dev\/u?random|\bhostname\b|uuidgen|\$\$/);
});

test.each(paths)('%s reads of the configuration only option files, of which alone its key is made', (path) => {
  const read = readFileSync(join(hooks, path), 'utf8').match(/\/live-build\/[\w./-]*/g) ?? [];
  const names = read.map((name) => name.replace('/live-build/', ''));
  expect(names.filter((name) => !configFiles.includes(name))).toEqual([]);
});
