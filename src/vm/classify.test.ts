import { expect, test } from 'vitest';
import { explainFinding, findInLoaderOutput, findInSystemOutput, milestonesIn } from './classify.ts';
import type { MilestoneName } from './verdict.ts';

test.each([
  [
    '[    4.1] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n[ 4.2] CPU: 0',
    'panic',
    'The kernel panicked: VFS: Unable to mount root fs on unknown-block(0,0).',
  ],
  [
    'Unable to find a medium containing a live file system\n\nBusyBox v1.37\n(initramfs) ',
    'no-medium',
    'live-boot did not find a medium with a live file system.',
  ],
  [
    'ALERT!  /dev/sda1 does not exist.  Dropping to a shell!\n(initramfs) ',
    'initramfs',
    'The initramfs gave up: /dev/sda1 does not exist.  Dropping to a shell!',
  ],
  [
    'Generating "/run/initramfs/rdsosreport.txt"\n\nEntering emergency mode. Exit the shell to continue.\n',
    'initramfs',
    'dracut did not find what to start, and stopped at its own shell.',
  ],
  ['BusyBox v1.37.0 built-in shell (ash)\n\n(initramfs) ', 'initramfs', 'The initramfs stopped at its own shell.'],
  ['You are in emergency mode. After logging in, type', 'emergency', 'systemd stopped in emergency mode.'],
] as const)('a running kernel that says %j: %s', (text, outcome, summary) => {
  expect(findInSystemOutput(text)).toEqual({ outcome, summary });
});

test.each([
  ['BdsDxe: No bootable option or device was found.', 'no-boot-loader'],
  ['Booting from Hard Disk...\nNo bootable device.  Retrying in 60 seconds.', 'no-boot-loader'],
  ['UEFI Interactive Shell v2.2', 'no-boot-loader'],
  ['BdsDxe: failed to load Boot0001 "UEFI QEMU DVD-ROM" from PciRoot(0x0): Access Denied', 'no-boot-loader'],
  ['ERROR\nVerification failed: (0x1A) Security Violation', 'no-boot-loader'],
  ['isolinux.bin missing or corrupt.', 'no-boot-loader'],
  ['Failed to load ldlinux.c32', 'no-boot-loader'],
  ['error: bad shim signature.\nerror: you need to load the kernel first.', 'no-kernel'],
  ["error: file `/live/vmlinuz' not found.", 'no-kernel'],
  ['grub rescue> ', 'no-kernel'],
  ['Minimal BASH-like line editing is supported.', 'no-kernel'],
] as const)('a boot loader or firmware that says %j: %s', (text, outcome) => {
  expect(findInLoaderOutput(text)?.outcome).toBe(outcome);
});

test.each([
  [
    'Configuring (net0 52:54:00:12:34:56)...... No configuration methods succeeded (https://ipxe.org/040ee119)',
    'No DHCP server answered the firmware (No configuration methods succeeded).',
  ],
  ['>>Start PXE over IPv4.\n  PXE-E16: No valid offer received.', 'No DHCP server answered the firmware (PXE-E16).'],
  ['PXE-E53: No boot filename received', 'The DHCP server named no file to start (PXE-E53).'],
  [
    'tftp://192.168.77.1/pxelinux.0... No such file or directory (https://ipxe.org/2d12603b)',
    'The TFTP server has no file tftp://192.168.77.1/pxelinux.0.',
  ],
  [
    ' NBP filename is bootx64.efi\n NBP filesize is 0 Bytes\n PXE-E23: Client received TFTP error from server.',
    'The TFTP server does not have the file that the firmware was sent for (PXE-E23).',
  ],
  ['PXE-E18: Server response timeout.', 'The TFTP server did not answer (PXE-E18).'],
])('firmware that starts from the network and says %j', (text, summary) => {
  expect(findInLoaderOutput(text)).toEqual({ outcome: 'network', summary });
});

const noMedium = 'Unable to find a live file system on the network\n(initramfs) ';

test.each([
  [
    'Kernel command line: boot=live netboot=nfs nfsroot=192.168.77.1:/srv/debian-live\nconnect: No route to host',
    'network',
    'The NFS server 192.168.77.1 did not answer (connect: No route to host).',
  ],
  [
    `mount error(2): No such file or directory\nRefer to the mount.cifs(8) manual page\nnfsmount: need a server`,
    'network',
    'The root could not be mounted over CIFS (mount error(2): No such file or directory).',
  ],
  [
    'mount call failed - server replied: Permission denied.',
    'network',
    'The NFS server refused: mount call failed - server replied: Permission denied.',
  ],
  [
    "wget: can't connect to remote host (192.168.77.1): Connection refused",
    'network',
    "The system image could not be fetched (wget: can't connect to remote host (192.168.77.1): Connection refused).",
  ],
  [
    'SQUASHFS error: unable to read id index table',
    'damaged-medium',
    'The system image cannot be read; it is cut off or damaged (SQUASHFS error: unable to read id index table).',
  ],
  [
    '[   9.1] I/O error, dev sr0, sector 525312 op 0x0:(READ) flags 0x80700',
    'damaged-medium',
    'The medium cannot be read (I/O error, dev sr0, sector 525312 op 0x0:(READ) flags 0x80700).',
  ],
  [
    'loop0: rw=0, want=8, limit=4\nattempt to access beyond end of device',
    'damaged-medium',
    'The image is cut off: the kernel was sent to a place beyond its end.',
  ],
] as const)('a boot that failed after %j failed because of that', (text, outcome, summary) => {
  expect(findInSystemOutput(`${text}\n${noMedium}`)).toEqual({ outcome, summary });
  // As long as nothing has failed, it may yet go well.
  expect(findInSystemOutput(text)).toBeUndefined();
});

test('a panic says more than what was complained of before', () => {
  const text = 'I/O error, dev sr0, sector 1\nKernel panic - not syncing: Attempted to kill init!';
  expect(findInSystemOutput(text)?.outcome).toBe('panic');
});

test('a drive that the system does not come from is no reason', () => {
  const hang = { outcome: 'hang', summary: 'The guest said and showed nothing for 90 s.' } as const;
  expect(explainFinding(hang, '[ 3.1] I/O error, dev fd0, sector 0 op 0x0:(READ)')).toEqual(hang);
});

test('firmware that refuses its own shell has found nothing, it has not refused a boot loader', () => {
  const nothing = [
    'BdsDxe: failed to load Boot0001 "UEFI QEMU USB HARDDRIVE" from PciRoot(0x0): Not Found',
    'BdsDxe: failed to start Boot0002 "EFI Internal Shell" from Fv(7CB8BDC9): Security Violation',
  ].join('\n');
  const refused = nothing.replace('Not Found', 'Access Denied');
  expect(findInLoaderOutput(nothing)?.summary).toBe('The firmware found nothing to start on the medium.');
  expect(findInLoaderOutput(refused)?.summary).toMatch(/refused the boot loader \(Access Denied\)/);
});

test('a boot that goes well has no sign of failure', () => {
  const text = [
    'BdsDxe: loading Boot0001 "UEFI QEMU DVD-ROM QM00001 " from PciRoot(0x0)',
    'BdsDxe: starting Boot0001 "UEFI QEMU DVD-ROM QM00001 " from PciRoot(0x0)',
    '[    0.0] Linux version 6.12.117+deb13-amd64',
    '[    1.0] systemd-logind.service: error: nothing of importance',
  ].join('\n');
  expect(findInSystemOutput(text)).toBeUndefined();
  expect(findInLoaderOutput(text)).toBeUndefined();
});

test.each([
  ['[    0.000000] Linux version 6.12.117+deb13-amd64 (debian-kernel@lists.debian.org)', ['kernel']],
  ['[  108.735050] loop0: detected capacity change from 0 to 526352', ['live-medium']],
  ['Welcome to Debian GNU/Linux 13 (trixie)!', ['system']],
  ['[   12.1] systemd[1]: systemd 257.8-1~deb13u2 running in system mode (+PAM)', ['system']],
  ['debian login: ', ['login']],
  ['user@debian:~$ ', ['login']],
  ['  [!!] Select a language  ', ['installer']],
  ['qqu\u001b[m [!] Configure the network tqq', ['installer']],
  ['qqu\u001b[m Configuring the network with DHCP tqq', []],
  ['[  OK  ] Started systemd-logind.service - User Login Management.', []],
  ['[    1.0] Run /init as init process', []],
] as const)('%j is the milestone %j', (line, names) => {
  expect(milestonesIn(line, new Set())).toEqual(names);
});

test('a milestone is reached once', () => {
  const reached = new Set<MilestoneName>(['live-medium']);
  expect(milestonesIn('loop1: detected capacity change from 0 to 8', reached)).toEqual([]);
});
