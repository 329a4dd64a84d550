import { expect, test } from 'vitest';
import { bootMenu, nameKernels } from '../bootMenu.ts';
import type { MediumSettings } from '../settings.ts';
import type { StartEntry } from '../startEntry.ts';
import { defaultNet, defaultSettings, kernelSource } from '../testSettings.ts';
import { renderGrubNetMenu } from './grubMenu.ts';
import { renderIpxeScript } from './ipxeScript.ts';
import { netMenu } from './menu.ts';
import { fetchParameters, type NetSettings, netParameters, rootName } from './parameters.ts';

const net = defaultNet;

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
  ['/', 'debian-live'],
])('the root directory of %s is %s', (rootPath, name) => {
  expect(rootName({ rootPath })).toBe(name);
  expect(fetchParameters({ ...net, rootPath })).toBe(`fetch=http://192.168.1.1/${name}/live/filesystem.squashfs`);
});

const mounted = `boot=live components ${netParameters(net)}`;
const live: StartEntry = {
  id: 'live-amd64',
  label: 'Live system (amd64)',
  hotkey: 'l',
  linux: '/live/vmlinuz',
  initrd: '/live/initrd.img',
  append: mounted,
};
const { hotkey: _, ...unkeyed } = live;
const entries: StartEntry[] = [
  live,
  { ...unkeyed, id: 'live-amd64-failsafe', append: `nosmp ${netParameters(net)}` },
  { ...unkeyed, id: 'live-amd64-http', append: `boot=live ${fetchParameters(net)}` },
];

test('what starts a kernel is in the menu, under the name that the boot server has for it', () => {
  const settings: MediumSettings = {
    ...defaultSettings,
    imageType: 'netboot',
    net,
    installer: { type: 'netboot', gui: false },
    menu: { timeoutSeconds: 5, defaultEntry: 'live-amd64-http' },
  };
  const menu = netMenu(bootMenu(nameKernels([kernelSource('6.12.30-amd64', 'amd64')], settings), settings), 'Live');
  expect(menu).toMatchObject({ title: 'Live', defaultId: 'live-amd64-http', timeoutSeconds: 5 });
  expect(menu.entries.map(({ id, linux }) => [id, linux])).toEqual([
    ['live-amd64', '/live/vmlinuz'],
    ['live-amd64-failsafe', '/live/vmlinuz'],
    ['live-amd64-http', '/live/vmlinuz'],
    ['install', '/install/vmlinuz'],
  ]);
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
  const odd = [{ ...live, append: 'locales=de;x netboot=nfs' }];
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
