import { expect, test } from 'vitest';
import { bootMenu, nameKernels } from './bootMenu.ts';
import { renderGrubGroups, renderGrubInstaller } from './grubMenu.ts';
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
  ['graphical', gtk, '/install/gtk/vmlinuz', 'vga=788 --- quiet', 5],
  ['text', text, '/install/vmlinuz', 'vga=788 locale=de_DE --- quiet', 2],
] as const)('%s: what starts first, and how many ways there are', (_, settings, linux, append, ways) => {
  const menu = installerMenu(settings);
  expect(menu?.start[0]).toMatchObject({ id: 'install', hotkey: 'i', linux, append });
  const speech = settings === gtk ? ['speakup.synth=soft vga=788 --- quiet'] : [];
  expect(menu?.start.slice(1).map((entry) => entry.append)).toEqual(speech);
  expect(menu?.advanced).toHaveLength(ways);
});

test('GRUB', () => {
  expect(renderGrubInstaller(installerMenu(text)!.start.slice(0, 1))).toBe(
    'menuentry "Start installer" --hotkey=i {\n' +
      '\tlinux\t/install/vmlinuz vga=788 locale=de_DE --- quiet\n\tinitrd\t/install/initrd.gz\n}\n',
  );
});

test('parameters stand in the order of live-build’s, and an expert sees the kernel’s words', () => {
  const appends = (id: string) =>
    installerMenu({ ...gtk, bootAppendInstall: 'locale=de_DE' })!
      .advanced.find((group) => group.id === id)
      ?.entries.map(({ append }) => append);
  expect(appends('install-speech')).toEqual([
    'speakup.synth=soft vga=788 locale=de_DE --- quiet',
    'speakup.synth=soft priority=low vga=788 locale=de_DE',
    'speakup.synth=soft auto=true priority=critical vga=788 locale=de_DE --- quiet',
    'speakup.synth=soft rescue/enable=true vga=788 locale=de_DE --- quiet',
  ]);
  expect(appends('install-text-dark')?.[1]).toBe('priority=low vga=788 theme=dark locale=de_DE');
});

test('GRUB: each kind is in a menu of its own', () => {
  const rendered = renderGrubGroups(installerMenu(text)!.advanced);
  expect(rendered).toMatch(
    /^submenu "Text installer \.\.\." --hotkey=t \{\n\tsource \/boot\/grub\/theme\.cfg\n\tmenuentry "Install"/,
  );
  expect(rendered).toMatch(/\n\}\nsubmenu "Text installer with dark theme \.\.\." --hotkey=k \{\n/);
});

test('Syslinux: the particular ways are in a menu of their own', () => {
  const rendered = renderSyslinuxInstaller(installerMenu(text)!);
  expect(rendered).toMatch(/^label install\n\tmenu label Start \^installer\n\tlinux \/install\/vmlinuz\n/);
  const inside = rendered.slice(rendered.indexOf('menu begin'), rendered.indexOf('menu end'));
  expect(inside).toContain('\t\tlabel install-text-rescue\n');
  expect(inside).toContain('append rescue/enable=true vga=788 locale=de_DE --- quiet');
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
