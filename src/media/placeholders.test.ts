import { expect, test } from 'vitest';
import { bootMenu, nameKernels } from './bootMenu.ts';
import { fillGrubTemplate } from './grubPlaceholders.ts';
import { replaceLines, substituteAll, substituteFirstOnLine, tidyGrub } from './placeholders.ts';
import type { MediumSettings } from './settings.ts';
import { expandLiveTemplate, fillSyslinuxTemplate } from './syslinuxPlaceholders.ts';
import { defaultSettings, kernelSource, testEpochSeconds } from './testSettings.ts';

// What GRUB, not JavaScript, is to replace.
const isoPath = '$' + '{iso_path}';
const settings: MediumSettings = { ...defaultSettings, bootAppendInstall: 'auto', bootAppendLive: 'boot=live q' };
const menu = bootMenu(nameKernels([kernelSource('6.12.30-amd64', 'amd64')], settings), settings);
const facts = {
  menu,
  settings,
  epochSeconds: testEpochSeconds,
  packagesText: 'linux-image-6.12.30-amd64\t6.12.30-1\nlive-boot\t1:20250505\n',
};

test.each([
  ['linux @KERNEL_LIVE@ @APPEND_LIVE@ extra', `linux /live/vmlinuz-6.12.30-amd64 boot=live q findiso=${isoPath} extra`],
  ['linux KERNEL_LIVE APPEND_LIVE', `linux /live/vmlinuz-6.12.30-amd64 boot=live q findiso=${isoPath}`],
  ['initrd @INITRD_LIVE@ ', 'initrd /live/initrd.img-6.12.30-amd64'],
  ['"Live (@FLAVOUR_LIVE@)"', '"Live (amd64)"'],
  ['if @ENABLE_INSTALL_MENU@; then', 'if false; then'],
  ['if @ENABLE_VERIFY_CHECKSUMS@; then', 'if true; then'],
  ['linux @KERNEL_GI@ vga=788 @APPEND_INSTALL@ --- quiet', 'linux /install/gtk/vmlinuz vga=788 auto --- quiet'],
  ['@LB_BOOTAPPEND_LIVE_FAILSAFE@', defaultSettings.bootAppendLiveFailsafe],
  // live-build replaces the shorter name inside the longer one.
  ['LB_BOOTAPPEND_LIVE_FAILSAFE', defaultSettings.bootAppendLiveFailsafe],
  ['set theme=/boot//grub/theme', 'set theme=/boot/grub/theme'],
  ['fetch=http://a//b', 'fetch=http://a/b'],
  // First hit on the line only, as live-build.
  ['@FLAVOUR_LIVE@ @FLAVOUR_LIVE@', 'amd64 @FLAVOUR_LIVE@'],
])('GRUB template: %s', (template, expected) => {
  expect(fillGrubTemplate(template, menu, settings)).toBe(expected);
});

test.each(['@LINUX_LIVE@', 'LINUX_LIVE'])('%s becomes the entries, and is not searched for further names', (marker) => {
  const risky = { ...settings, bootAppendLive: 'boot=live MEMTEST http://x//y' };
  const riskyMenu = bootMenu(nameKernels([kernelSource('6.12.30-amd64', 'amd64')], risky), risky);
  const text = fillGrubTemplate(`before\n\t${marker}\nafter`, riskyMenu, risky);
  expect(text).toMatch(/^before\n/);
  expect(text).toMatch(/\nafter$/);
  expect(text).toContain('\tmenuentry "Live system (amd64)" --hotkey=l {');
  expect(text).toContain('boot=live MEMTEST http://x//y ');
});

test.each([
  ['append @APPEND_LIVE@', 'append boot=live q'],
  ['append @APPEND_LIVE_FAILSAFE@', `append ${defaultSettings.bootAppendLiveFailsafe}`],
  ['@PROJECT@ @VERSION@ @DISTRIBUTION@ @ARCHITECTURE@', 'Debian GNU/Linux 13 trixie amd64'],
  ['@DATE@', 'Mon, 05 May 2025 12:00:00 +0000'],
  ['@YEAR@-@MONTH@-@DAY@ @HOUR@:@MINUTE@:@SECOND@ @TIMEZONE@ @TIMEZONE_NUM@', '2025-05-05 12:00:00 UTC +0000'],
  ['@LINUX_VERSIONS@ / @LIVE_BOOT_VERSION@', '6.12.30-1 / 1:20250505'],
  ['a\n@OPTIONAL_INSTALLER_INCLUDE@\nb', 'a\nb'],
  ['a\n@OPTIONAL_MEMTEST_INCLUDE@\nb', 'a\nb'],
  ['timeout @MENU_TIMEOUT@', 'timeout 0'],
  ['@ARCHITECTURE@ @ARCHITECTURE@', 'amd64 amd64'],
])('isolinux template: %s', (template, expected) => {
  expect(fillSyslinuxTemplate(template, facts)).toBe(expected);
});

const ofGrub =
  'KERNEL_LIVE INITRD_LIVE APPEND_LIVE FLAVOUR_LIVE KERNEL_GI INITRD_GI APPEND_GI KERNEL_DI INITRD_DI APPEND_DI APPEND_INSTALL ' +
  'LB_BOOTAPPEND_LIVE LB_BOOTAPPEND_LIVE_FAILSAFE LB_BOOTAPPEND_INSTALL ENABLE_INSTALL_MENU ENABLE_MEMTEST ' +
  'ENABLE_VERIFY_CHECKSUMS APPEND_VERIFY_CHECKSUMS MEMTEST_DIR MEMTEST_BIN MEMTEST_VERSION LINUX_LIVE';
const ofSyslinux =
  'APPEND_LIVE APPEND_LIVE_FAILSAFE APPEND_INSTALL PROJECT DISTRIBUTION PARENT_DISTRIBUTION VERSION ARCHITECTURE DATE YEAR MONTH DAY ' +
  'HOUR MINUTE SECOND TIMEZONE TIMEZONE_NUM LINUX_VERSIONS LIVE_BUILD_VERSION LIVE_BOOT_VERSION LIVE_CONFIG_VERSION ' +
  'LIVE_TOOLS_VERSION LB_ISO_APPLICATION LB_ISO_PUBLISHER LB_LINUX_PACKAGES KERNEL_GI INITRD_GI KERNEL_DI INITRD_DI MEMTEST ' +
  'MEMTEST_VERSION OPTIONAL_INSTALLER_INCLUDE OPTIONAL_MEMTEST_INCLUDE';

// Their values, where they are not plain, stand above.
test('there is no placeholder of live-build that stays', () => {
  const marked = (names: string) => names.split(' ').map((name) => `@${name}@`);
  expect(fillGrubTemplate(marked(ofGrub).join('\n'), menu, settings)).not.toMatch(/@\w+@/);
  expect(fillSyslinuxTemplate(marked(ofSyslinux).join('\n'), facts)).not.toMatch(/@\w+@/);
  const bare = ofGrub.split(' ').filter((name) => /^(KERNEL|INITRD|APPEND)_(LIVE|GI|DI)$|^LB_|^LINUX_LIVE$/.test(name));
  const filled = fillGrubTemplate(
    [...bare, 'LINUX_INSTALL', 'LINUX_ADVANCED_INSTALL', 'MEMTEST'].join('\n'),
    menu,
    settings,
  );
  expect(filled).not.toMatch(/\b(KERNEL|INITRD|APPEND|LB|LINUX)_[A-Z]|MEMTEST/);
});

test("a user's live.cfg.in is repeated for each flavour and only the first is the default", () => {
  const two = { ...settings, flavours: ['amd64', 'rt'] };
  const sources = [kernelSource('6.12.30-amd64', 'amd64'), kernelSource('6.12.30-rt', 'rt')];
  const template = 'label live-@FLAVOUR@\n\tmenu default\n\tlinux @LINUX@\n\tinitrd @INITRD@\n';
  expect(expandLiveTemplate(template, bootMenu(nameKernels(sources, two), two))).toBe(
    'label live-amd64\n\tmenu default\n\tlinux /live/vmlinuz1\n\tinitrd /live/initrd1.img\n\n' +
      'label live-rt\n\tlinux /live/vmlinuz2\n\tinitrd /live/initrd2.img\n',
  );
});

test('values are text, not patterns', () => {
  expect(substituteAll('a @X@', [['@X@', '$& $1 |']])).toBe('a $& $1 |');
  expect(substituteFirstOnLine('@X@\n@X@', [['@X@', '$&']])).toBe('$&\n$&');
});

test('a block keeps the indentation of its marker, but not on empty lines', () => {
  expect(replaceLines('{\n\t@B@\n}', '@B@', 'one\n\ntwo')).toBe('{\n\tone\n\n\ttwo\n}');
});

test('tidying leaves addresses alone', () => {
  expect(tidyGrub('a//b ftp://c ')).toBe('a/b ftp://c');
});
