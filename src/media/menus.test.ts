import { expect, test } from 'vitest';
import { bootMenu, nameKernels } from './bootMenu.ts';
import { renderGrubEntries, renderGrubOptions, renderGrubSerialOutput, renderGrubUtilities } from './grubMenu.ts';
import type { MediumSettings } from './settings.ts';
import {
  renderSyslinuxEntries,
  renderSyslinuxSerial,
  renderSyslinuxUtilities,
  syslinuxTimeout,
} from './syslinuxMenu.ts';
import { defaultSettings, kernelSource } from './testSettings.ts';

function menuOf(changes: Partial<MediumSettings> = {}, versions = ['6.12.30-amd64']) {
  const settings = { ...defaultSettings, ...changes };
  const sources = versions.map((version) => kernelSource(version, 'amd64'));
  return bootMenu(nameKernels(sources, settings), settings);
}

test('GRUB: live entries', () => {
  expect(renderGrubEntries(menuOf())).toMatchInlineSnapshot(`
    "if [ -n "$iso_path" ]; then
    	set iso_file="findiso=$iso_path"
    else
    	set iso_file=""
    fi
    export iso_file

    menuentry "Live system (amd64)" --hotkey=l {
    	linux	/live/vmlinuz-6.12.30-amd64 boot=live components quiet splash \${iso_file}
    	initrd	/live/initrd.img-6.12.30-amd64
    }

    menuentry "Live system (amd64 fail-safe mode)" {
    	linux	/live/vmlinuz-6.12.30-amd64 boot=live components memtest noapic noapm nodma nomce nosmp nosplash vga=788 \${iso_file}
    	initrd	/live/initrd.img-6.12.30-amd64
    }"
  `);
});

test('GRUB: utilities', () => {
  expect(renderGrubUtilities(menuOf())).toMatchInlineSnapshot(`
    "if [ "$grub_platform" = "efi" ]; then
    menuentry "UEFI Firmware Settings" --hotkey=f {
    	fwsetup
    }
    fi
    menuentry "Verify integrity of the boot medium" --hotkey=v {
    	linux	/live/vmlinuz-6.12.30-amd64 boot=live components verify-checksums \${iso_file}
    	initrd	/live/initrd.img-6.12.30-amd64
    }
    menuentry "Restart" --hotkey=r {
    	reboot
    }
    menuentry "Power off" --hotkey=p {
    	halt
    }"
  `);
});

test('GRUB: parameters that would end a command are quoted, unless the user has quoted', () => {
  expect(renderGrubEntries(menuOf({ bootAppendLive: 'boot=live a;b' }))).toContain('boot=live a\\;b ');
  expect(renderGrubEntries(menuOf({ bootAppendLive: 'boot=live "a;b"' }))).toContain('boot=live "a;b" ');
});

test('isolinux: live entries', () => {
  expect(renderSyslinuxEntries(menuOf())).toMatchInlineSnapshot(`
    "label live-amd64
    	menu label ^Live system (amd64)
    	menu default
    	linux /live/vmlinuz
    	initrd /live/initrd.img
    	append boot=live components quiet splash

    label live-amd64-failsafe
    	menu label Live system (amd64 fail-safe mode)
    	linux /live/vmlinuz
    	initrd /live/initrd.img
    	append boot=live components memtest noapic noapm nodma nomce nosmp nosplash vga=788
    "
  `);
});

test('isolinux: utilities', () => {
  expect(renderSyslinuxUtilities(menuOf())).toMatchInlineSnapshot(`
    "label hardware
    	menu label ^Hardware Detection Tool (HDT)
    	com32 hdt.c32

    label verify
    	menu label ^Verify integrity of the boot medium
    	linux /live/vmlinuz
    	initrd /live/initrd.img
    	append boot=live components verify-checksums

    label reboot
    	menu label ^Restart
    	com32 reboot.c32

    label power-off
    	menu label ^Power off
    	com32 poweroff.c32
    "
  `);
});

test('isolinux: only kernels with a stable name, and one of them is the default', () => {
  const versions = ['6.12.30-amd64', '6.12.29-amd64'];
  const text = renderSyslinuxEntries(menuOf({ menu: { defaultEntry: 'live-6.12.29-amd64' } }, versions));
  expect(text).not.toContain('6.12.29');
  expect(text.match(/menu default/g)).toHaveLength(1);
});

test('by default both menus wait for ever on the screen only', () => {
  const menu = menuOf();
  expect(renderGrubOptions(menu)).toBe('set default=0');
  expect(renderGrubSerialOutput(menu)).toBe('');
  expect([syslinuxTimeout(menu), renderSyslinuxSerial(menu)]).toEqual([0, '']);
});

test('time limit, default entry and serial line', () => {
  const serial = { port: 1, speed: 9600 };
  const menu = menuOf({ menu: { timeoutSeconds: 7, defaultEntry: 'live-amd64-failsafe', serial } });
  expect(renderGrubOptions(menu)).toBe(
    'set default=1\nset timeout=7\nserial --unit=1 --speed=9600\nterminal_input --append serial',
  );
  expect(renderGrubSerialOutput(menu)).toBe('terminal_output --append serial');
  const arm = menuOf({ menu: { serial }, architecture: 'arm64' });
  expect([renderGrubOptions(arm), renderGrubSerialOutput(arm)]).toEqual(['set default=0', 'terminal_output console']);
  expect([syslinuxTimeout(menu), renderSyslinuxSerial(menu)]).toEqual([70, 'serial 1 9600']);
  expect(renderSyslinuxEntries(menu).split('menu default')[0]).toContain('label live-amd64-failsafe');
});

test('a time limit of nothing starts at once on both', () => {
  const menu = menuOf({ menu: { timeoutSeconds: 0 } });
  expect(renderGrubOptions(menu)).toContain('set timeout=0');
  expect(syslinuxTimeout(menu)).toBe(1);
});

test('a memory test: hidden under Secure Boot, by the right file on each firmware', () => {
  const menu = menuOf({ memtest: true });
  expect(renderGrubUtilities(menu)).toContain(`if [ "$lockdown" != "y" ]; then
menuentry "Memory Diagnostic Tool (memtest86+)" --hotkey=m {
	if [ "$grub_platform" = "efi" ]; then
		linux	/live/memtest.efi
	else
		linux	/live/memtest.bin
	fi
}
fi`);
  expect(renderSyslinuxUtilities(menu)).toContain(`label memtest
	menu label ^Memory Diagnostic Tool (memtest86+)
	linux /live/memtest.bin`);
});
