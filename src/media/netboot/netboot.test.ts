import { expect, test } from 'vitest';
import { renderGrubNetMenu } from './grubMenu.ts';
import { renderIpxeScript } from './ipxeScript.ts';
import { type NetEntry, networkEntries } from './menu.ts';
import { compressionExtension, tarArgv } from './pack.ts';
import { fetchParameters, type NetSettings, netParameters, rootName } from './parameters.ts';

/** live-build's defaults. */
const net: NetSettings = {
  rootFilesystem: 'nfs',
  rootPath: '/srv/debian-live',
  rootServer: '192.168.1.1',
  rootMountOptions: '',
  cowFilesystem: 'nfs',
  cowPath: '',
  cowServer: '',
  cowMountOptions: '',
};

const cow = { cowPath: '/srv/cow/client_mac_address' };

test.each<[string, Partial<NetSettings>, string]>([
  ['NFS', {}, 'netboot=nfs nfsroot=192.168.1.1:/srv/debian-live'],
  ['a path as people type it', { rootPath: 'srv//live/' }, 'netboot=nfs nfsroot=192.168.1.1:/srv/live'],
  [
    'mount options',
    { rootMountOptions: 'vers=3,tcp' },
    'netboot=nfs nfsroot=192.168.1.1:/srv/debian-live nfsopts=vers=3,tcp',
  ],
  ['cifs', { rootFilesystem: 'cifs' }, 'netboot=cifs nfsroot=//192.168.1.1/srv/debian-live'],
  [
    'changes on the server of the root',
    cow,
    'netboot=nfs nfsroot=192.168.1.1:/srv/debian-live nfsoverlay=192.168.1.1:/srv/cow/client_mac_address',
  ],
  [
    'changes on another server',
    { ...cow, cowServer: 'box', cowMountOptions: 'rw,soft' },
    'netboot=nfs nfsroot=192.168.1.1:/srv/debian-live nfsoverlay=box:/srv/cow/client_mac_address,rw,soft',
  ],
])('kernel parameters: %s', (_, changes, parameters) => {
  expect(netParameters({ ...net, ...changes })).toBe(parameters);
});

test.each([
  ['/srv/debian-live', 'debian-live'],
  ['/srv/my/live/', 'live'],
  ['live', 'live'],
])('the root directory of %s is %s', (rootPath, name) => {
  expect(rootName({ rootPath })).toBe(name);
  expect(fetchParameters({ ...net, rootPath })).toBe(`fetch=http://192.168.1.1/${name}/live/filesystem.squashfs`);
});

const live: NetEntry = {
  id: 'live-amd64',
  label: 'Live system (amd64)',
  hotkey: 'l',
  linux: '/live/vmlinuz',
  initrd: '/live/initrd.img',
  append: 'boot=live components',
};
const { hotkey: _, ...unkeyed } = live;
const failsafe = {
  ...unkeyed,
  id: 'live-amd64-failsafe',
  label: 'Live system (amd64 fail-safe mode)',
  append: 'nosmp',
};
const entries = networkEntries([live, failsafe], net);

test('each entry mounts its root, and what is not fail-safe can be loaded over HTTP', () => {
  expect(entries.map(({ id, append }) => [id, append])).toEqual([
    ['live-amd64', 'boot=live components netboot=nfs nfsroot=192.168.1.1:/srv/debian-live'],
    ['live-amd64-failsafe', 'nosmp netboot=nfs nfsroot=192.168.1.1:/srv/debian-live'],
    ['live-amd64-http', 'boot=live components fetch=http://192.168.1.1/debian-live/live/filesystem.squashfs'],
  ]);
  // One letter starts one entry.
  expect(entries.filter(({ hotkey }) => hotkey === 'l')).toHaveLength(1);
});

test("GRUB's menu", () => {
  const text = renderGrubNetMenu({ title: 'Live', entries, defaultId: 'live-amd64-http', timeoutSeconds: 5 });
  expect(text).toContain('set default=2\nset timeout=5\n');
  expect(text).toContain('menuentry "Live system (amd64)" --id=live-amd64 --hotkey=l {');
  expect(text).toContain('\tlinux\t/live/vmlinuz nosmp netboot=nfs nfsroot=192.168.1.1:/srv/debian-live $boot_card\n');
  expect(text).not.toContain('serial');
});

test("GRUB's menu on a serial line waits for ever where no time is set", () => {
  const text = renderGrubNetMenu({ title: 'Live', entries, serial: { port: 1, speed: 9600 } });
  expect(text).toContain('serial --unit=1 --speed=9600\nterminal_input --append serial\n');
  expect(text).toContain('terminal_output --append serial\n');
  expect(text).not.toContain('timeout');
});

test('what GRUB would take for the end of a command is not one', () => {
  const odd = networkEntries([{ ...live, append: 'locales=de;x' }], net);
  expect(renderGrubNetMenu({ title: 'Live', entries: odd })).toContain('locales=de\\;x netboot=nfs');
});

test("iPXE's script takes everything from where it came from", () => {
  const text = renderIpxeScript({ title: 'Live', entries, timeoutSeconds: 5 });
  expect(text).toMatch(/^#!ipxe\n/);
  expect(text).toContain('item --key l live-amd64 Live system (amd64)\n');
  expect(text).toContain('choose --default live-amd64 --timeout 5000 target');
  expect(text).toContain(
    'kernel live/vmlinuz initrd=initrd.img nosmp netboot=nfs nfsroot=192.168.1.1:/srv/debian-live BOOTIF=01-$',
  );
  expect(text).toContain('initrd --name initrd.img live/initrd.img ');
});

test('the tar: same bytes for the same files, each half under its own name', () => {
  const argv = tarArgv({
    output: '/out/x.tar.gz',
    directories: [
      { path: '/store/ab.cd', name: 'debian-live' },
      { path: '/scratch/tftpboot', name: 'tftpboot' },
    ],
    compression: 'gzip',
    epochSeconds: 1,
  });
  expect(argv.join(' ')).toBe(
    'tar --create --file /out/x.tar.gz --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX ' +
      '--mtime=@1 --clamp-mtime --use-compress-program gzip -n ' +
      '--transform s,^ab\\.cd\\(/\\|$\\),debian-live\\1,S --transform s,^tftpboot\\(/\\|$\\),tftpboot\\1,S ' +
      '--directory /store ab.cd --directory /scratch tftpboot',
  );
  expect(['none', 'gzip', 'bzip2', 'lzip', 'xz'].map((name) => compressionExtension(name as 'none'))).toEqual([
    '',
    '.gz',
    '.bz2',
    '.lz',
    '.xz',
  ]);
});
