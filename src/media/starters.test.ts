import { expect, test } from 'vitest';
import { starterTexts } from './starters.ts';

test('DOS is told where kernel and initramfs are', () => {
  const texts = { architecture: 'amd64', installer: true, gui: true };
  expect(starterTexts('loadlin', texts)).toEqual({
    'install/install.bat': '\\tools\\loadlin.exe vmlinuz initrd=initrd.gz\r\n',
    'install/gtk/install.bat': '\\tools\\loadlin.exe \\install\\vmlinuz initrd=initrd.gz vga=788\r\n',
  });
  expect(Object.keys(starterTexts('loadlin', { ...texts, gui: false }))).toEqual(['install/install.bat']);
});

test('win32-loader is told of an installer where there is one', () => {
  const texts = { architecture: 'i386', installer: true, gui: false };
  const { 'autorun.inf': autorun, 'win32-loader.ini': ini } = starterTexts('win32-loader', texts);
  expect(autorun).toContain('open=setup.exe\r\n');
  expect(ini).toContain('i386/initrd=install/initrd.gz\r\n[grub]\r\n');
  expect(Object.keys(starterTexts('win32-loader', { ...texts, installer: false }))).toEqual(['autorun.inf']);
});
