import { expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { bootMenu, kernelFlavour, nameKernels } from './bootMenu.ts';
import type { MediumSettings } from './settings.ts';
import { defaultSettings, kernelSource } from './testSettings.ts';

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
