import { expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { bootMenu, kernelFlavour, nameKernels, requestedFlavour } from './bootMenu.ts';
import type { MediumSettings } from './settings.ts';
import { defaultNet, defaultSettings, kernelSource } from './testSettings.ts';

function menuOf(kernels: readonly [version: string, flavour: string][], changes: Partial<MediumSettings> = {}) {
  const settings = { ...defaultSettings, ...changes };
  const sources = kernels.map(([version, flavour]) => kernelSource(version, flavour));
  return bootMenu(nameKernels(sources, settings), settings);
}

test('one kernel: live and fail-safe', () => {
  const { entries } = menuOf([['6.12.30-amd64', 'amd64']]);
  expect(entries.map(({ id, label, hotkey }) => [id, label, hotkey])).toEqual([
    ['live-amd64', 'Live system (amd64)', 'l'],
    ['live-amd64-failsafe', 'Live system (amd64 fail-safe mode)', undefined],
  ]);
  expect(entries[0]?.kernel).toMatchObject({
    linux: '/live/vmlinuz-6.12.30-amd64',
    initrd: '/live/initrd.img-6.12.30-amd64',
    stable: { linux: '/live/vmlinuz', initrd: '/live/initrd.img' },
  });
});

test('the newest kernel of a flavour is its entry, by number and not by letter', () => {
  const { entries } = menuOf([
    ['6.1.0-9-amd64', 'amd64'],
    ['6.1.0-10-amd64', 'amd64'],
  ]);
  expect(entries.map((entry) => [entry.label, entry.kernel.source.version])).toEqual([
    ['Live system (amd64)', '6.1.0-10-amd64'],
    ['Live system (amd64 fail-safe mode)', '6.1.0-10-amd64'],
    ['Live system, kernel 6.1.0-9-amd64', '6.1.0-9-amd64'],
    ['Live system, kernel 6.1.0-9-amd64 (fail-safe mode)', '6.1.0-9-amd64'],
  ]);
});

test('several flavours stand in the order asked for, with numbered names', () => {
  const flavours = ['amd64', 'rt-amd64'];
  const { entries } = menuOf(
    [
      ['6.12.30-rt-amd64', 'rt-amd64'],
      ['6.12.30-amd64', 'amd64'],
    ],
    { flavours, bootAppendLiveFailsafe: 'none' },
  );
  expect(entries.map((entry) => [entry.id, entry.kernel.stable])).toEqual([
    ['live-amd64', { flavour: 'amd64', linux: '/live/vmlinuz1', initrd: '/live/initrd1.img' }],
    ['live-rt-amd64', { flavour: 'rt-amd64', linux: '/live/vmlinuz2', initrd: '/live/initrd2.img' }],
  ]);
});

test.each([
  ['live-boot', 'boot=live components verify-checksums', 'findiso'],
  ['dracut-live', 'boot=live components rd.live.check', 'iso-scan/filename'],
] as const)('%s has its own words for checking and for ISO files', (initramfs, append, parameter) => {
  const menu = menuOf([['6.12.30-amd64', 'amd64']], { initramfs });
  expect(menu.utilities.find((entry) => entry.id === 'verify')).toMatchObject({ append });
  expect(menu.isoFileParameter).toBe(parameter);
});

test('without checksums nothing can be verified', () => {
  const menu = menuOf([['6.12.30-amd64', 'amd64']], { checksums: [] });
  expect(menu.utilities.map((entry) => entry.id)).toEqual(['hardware', 'firmware', 'reboot', 'power-off']);
});

test('a default entry is looked up, and a wrong one names the right ones', () => {
  const kernels: [string, string][] = [['6.12.30-amd64', 'amd64']];
  expect(menuOf(kernels, { menu: { defaultEntry: 'live-amd64-failsafe' } }).defaultEntry.id).toBe(
    'live-amd64-failsafe',
  );
  const wrong = () => menuOf(kernels, { menu: { defaultEntry: 'windows' } });
  expect(wrong).toThrow(LivewrightError);
  expect(wrong).toThrow('The boot menu has no entry "windows".');
});

const one: [string, string][] = [['6.12.30-amd64', 'amd64']];
const live = 'boot=live components quiet splash';

test('entries on request stand behind those of the default kernel', () => {
  const extraEntries = ['persistence', 'persistence-encrypted', 'toram'] as const;
  const { entries } = menuOf(one, { menu: { extraEntries } });
  expect(entries.slice(2).map(({ id, label, append }) => [id, label, append])).toEqual([
    ['live-amd64-persistence', 'Live system (amd64, with persistence)', `${live} persistence`],
    [
      'live-amd64-persistence-encrypted',
      'Live system (amd64, with encrypted persistence)',
      `${live} persistence persistence-encryption=luks`,
    ],
    ['live-amd64-toram', 'Live system (amd64, copied to memory)', `${live} toram`],
  ]);
});

test('an entry on request can be the default', () => {
  const menu = { extraEntries: ['toram'], defaultEntry: 'live-amd64-toram' } as const;
  expect(menuOf(one, { menu }).defaultEntry.append).toBe(`${live} toram`);
});

const net = { ...defaultNet, rootServer: '192.168.0.2' };

test('over the network every entry says where the medium is, and one fetches it', () => {
  const { entries, utilities } = menuOf(one, { imageType: 'netboot', net });
  const nfs = 'netboot=nfs nfsroot=192.168.0.2:/srv/debian-live';
  expect(entries.map(({ id }) => id)).toEqual(['live-amd64', 'live-amd64-failsafe', 'live-amd64-http']);
  expect(entries[0]?.append).toBe(`${live} ${nfs}`);
  expect(entries[1]?.append).toContain(nfs);
  expect(entries[2]?.append).toContain(' fetch=http://192.168.0.2/');
  expect(entries[2]?.append).not.toContain('nfsroot');
  expect(utilities.map(({ id }) => id)).not.toContain('verify');
});

test.each(['netboot=nfs nfsroot=10.0.0.1:/x', 'fetch=http://10.0.0.1/x.squashfs', 'root=/dev/nfs'])(
  'a user who says where the medium is has the last word: %s',
  (words) => {
    const { entries } = menuOf(one, { net, bootAppendLive: `boot=live ${words}` });
    expect(entries[0]?.append).toBe(`boot=live ${words}`);
  },
);

test('a menu on the serial line takes the kernel there too, unless the user has said where', () => {
  const serial = { port: 1, speed: 9600 };
  expect(menuOf(one, { menu: { serial } }).entries[0]?.append).toBe(`${live} console=tty0 console=ttyS1,9600n8`);
  const arm = menuOf(one, { menu: { serial }, architecture: 'arm64' });
  expect(arm.entries[0]?.append).toBe(`${live} console=tty0 console=ttyAMA1,9600n8`);
  const own = menuOf(one, { menu: { serial }, bootAppendLive: 'boot=live console=ttyS0' });
  expect(own.entries[0]?.append).toBe('boot=live console=ttyS0');
});

test('a memory test is the first of the utilities, with the file that each firmware starts', () => {
  expect(menuOf(one, { memtest: true }).utilities[0]).toMatchObject({
    kind: 'memtest',
    bios: '/live/memtest.bin',
    efi: '/live/memtest.efi',
  });
});

test('on a file system without links a kernel has one name', () => {
  const { entries } = menuOf(one, { imageType: 'hdd', filesystem: 'fat32' });
  expect(entries[0]?.kernel).toMatchObject({ linux: '/live/vmlinuz', stable: { linux: '/live/vmlinuz' } });
  const linked = menuOf(one, { imageType: 'hdd', filesystem: 'ext4' });
  expect(linked.entries[0]?.kernel.linux).toBe('/live/vmlinuz-6.12.30-amd64');
});

test('a system without a kernel of the flavour is refused', () => {
  expect(() => menuOf([])).toThrow('The live system has no kernel of the flavour amd64.');
});

test("a kernel of the user's own making stands for the one flavour asked for", () => {
  const { entries } = menuOf([['6.12.30-mine', 'mine']]);
  expect(entries[0]).toMatchObject({ label: 'Live system (amd64)', kernel: { linux: '/live/vmlinuz-6.12.30-mine' } });
  expect(entries[0]?.kernel.stable?.linux).toBe('/live/vmlinuz');
});

test.each([
  ['6.1.0-37-amd64', 'amd64'],
  ['6.12.30+deb13-amd64', 'amd64'],
  ['6.12.30+deb13-cloud-amd64', 'cloud-amd64'],
  ['6.12.30+deb13-686-pae', '686-pae'],
  ['6.1.0-37-686', '686'],
  ['5.10.0-0.deb10.16-rt-amd64', 'rt-amd64'],
  ['6.0.0-trunk-arm64', 'arm64'],
])('flavour of %s', (version, flavour) => expect(kernelFlavour(version)).toBe(flavour));

test.each([
  ['6.12.118+deb13-amd64', ['amd64', 'rt-amd64'], 'amd64'],
  ['6.12.118+deb13-rt-amd64', ['amd64', 'rt-amd64'], 'rt-amd64'],
  ['6.12.118+deb13-rt-amd64', ['amd64'], 'rt-amd64'],
  ['6.12.118+deb13-cloud-arm64', ['arm64'], 'cloud-arm64'],
  ['6.1.0-37-686', ['686-pae', '686'], '686'],
  ['6.1.0-37-686-pae', ['686', '686-pae'], '686-pae'],
  ['6.6.1-vyos', ['vyos'], 'vyos'],
  ['6.12.9-x-liquorix-amd64', ['liquorix-amd64'], 'liquorix-amd64'],
  ['6.12.9-mine', ['amd64'], 'mine'],
])('%s, where %j are asked for, is of %s', (version, flavours, flavour) => {
  expect(requestedFlavour(version, flavours)).toBe(flavour);
});
