import { expect, test } from 'vitest';
import { bootMenu, nameKernels } from './bootMenu.ts';
import { renderGrubInstaller } from './grubMenu.ts';
import { fillGrubTemplate } from './grubPlaceholders.ts';
import { installerMenu } from './installerMenu.ts';
import type { MediumSettings } from './settings.ts';
import { renderSyslinuxInstaller } from './syslinuxMenu.ts';
import { defaultSettings, kernelSource } from './testSettings.ts';

const text: MediumSettings = {
  ...defaultSettings,
  installer: { type: 'netinst', gui: false },
  bootAppendInstall: 'locale=de_DE',
};
const gtk: MediumSettings = { ...defaultSettings, installer: { type: 'netinst', gui: true } };

test('no installer, no entries', () => {
  expect(installerMenu(defaultSettings)).toBeUndefined();
});

test.each([
  ['graphical', gtk, '/install/gtk/vmlinuz', 'vga=788 --- quiet', 8],
  ['text', text, '/install/vmlinuz', 'vga=normal locale=de_DE --- quiet', 4],
] as const)('%s: what starts first, and how many ways there are', (_, settings, linux, append, ways) => {
  const menu = installerMenu(settings);
  expect(menu?.start[0]).toMatchObject({ id: 'install', hotkey: 'i', linux, append });
  expect(menu?.start[1]?.append).toContain('speakup.synth=soft');
  expect(menu?.advanced).toHaveLength(ways);
});

test('GRUB', () => {
  expect(renderGrubInstaller(installerMenu(text)!.start.slice(0, 1))).toBe(
    'menuentry "Start installer" --hotkey=i {\n' +
      '\tlinux\t/install/vmlinuz vga=normal locale=de_DE --- quiet\n\tinitrd\t/install/initrd.gz\n}\n',
  );
});

test('Syslinux: the particular ways are in a menu of their own', () => {
  const rendered = renderSyslinuxInstaller(installerMenu(text)!);
  expect(rendered).toMatch(/^label install\n\tmenu label Start \^installer\n\tlinux \/install\/vmlinuz\n/);
  const inside = rendered.slice(rendered.indexOf('menu begin'), rendered.indexOf('menu end'));
  expect(inside).toContain('\tlabel install-text-rescue\n');
  expect(inside).toContain('append vga=normal rescue/enable=true locale=de_DE --- quiet');
});

test.each([
  ['LINUX_INSTALL', 'source /boot/grub/install_start.cfg', ''],
  ['LINUX_ADVANCED_INSTALL', 'source /boot/grub/install.cfg', ''],
  ['if @ENABLE_INSTALL_MENU@; then', 'if true; then', 'if false; then'],
])('a template with %s', (template, withInstaller, without) => {
  const fill = (settings: MediumSettings) =>
    fillGrubTemplate(
      template,
      bootMenu(nameKernels([kernelSource('6.12.30-amd64', 'amd64')], settings), settings),
      settings,
    );
  expect(fill(gtk)).toBe(withInstaller);
  expect(fill(defaultSettings)).toBe(without);
});
