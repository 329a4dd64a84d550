import { expect, test } from 'vitest';
import { buildQemuArgv } from './qemu.ts';
import type { MachineDescription } from './types.ts';

const machine: MachineDescription = {
  architecture: 'amd64',
  firmware: 'bios',
  attach: 'cd',
  imagePath: '/images/live.iso',
  memoryMib: 2048,
  cpus: 2,
  accel: 'tcg',
  display: 'none',
  serial: { kind: 'socket', path: '/s/tty' },
};
const flash = { codePath: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', variablesPath: '/s/vars.fd' };

/** The values of an option, in order. */
function valuesOf(option: string, argv: readonly string[]): string[] {
  return argv.filter((_, index) => argv[index - 1] === option);
}

test('a CD in a BIOS machine that is tested', () => {
  const argv = buildQemuArgv({
    ...machine,
    qmpSocketPath: '/s/qmp',
    firmwareLogPath: '/s/bios.log',
    startPaused: true,
  });
  expect(argv.join(' ')).toMatchInlineSnapshot(
    `"qemu-system-x86_64 -nodefaults -no-user-config -machine q35 -accel tcg -cpu max,erms=off,fsrm=off -smp 2 -m 2048 -chardev file,id=firmware,path=/s/bios.log -device isa-debugcon,iobase=0x402,chardev=firmware -drive if=none,id=medium,format=raw,media=cdrom,readonly=on,file=/images/live.iso -device ide-cd,bus=ide.0,drive=medium,bootindex=0 -vga std -display none -chardev socket,id=serial0,path=/s/tty,server=on,wait=off -serial chardev:serial0 -smbios type=11,value=io.systemd.credential:getty.ttys.serial=ttyS0 -qmp unix:/s/qmp,server=on,wait=off -S -device virtio-rng-pci -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile="`,
  );
});

test('a stick in a machine with Secure Boot', () => {
  const argv = buildQemuArgv({ ...machine, firmware: 'uefi-secure', attach: 'disk', flash });
  expect(argv.join(' ')).toMatchInlineSnapshot(
    `"qemu-system-x86_64 -nodefaults -no-user-config -machine q35,smm=on -accel tcg -cpu max,erms=off,fsrm=off -smp 2 -m 2048 -global driver=cfi.pflash01,property=secure,value=on -drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd -drive if=pflash,unit=1,format=raw,file=/s/vars.fd -drive if=none,id=medium,format=raw,snapshot=on,file=/images/live.iso -device qemu-xhci,id=usb -device usb-storage,bus=usb.0,drive=medium,removable=on,bootindex=0 -vga std -display none -chardev socket,id=serial0,path=/s/tty,server=on,wait=off -serial chardev:serial0 -smbios type=11,value=io.systemd.credential:getty.ttys.serial=ttyS0 -device virtio-rng-pci -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile="`,
  );
});

test('an arm64 machine with a CD', () => {
  const argv = buildQemuArgv({ ...machine, architecture: 'arm64', firmware: 'uefi', flash });
  expect(argv.join(' ')).toMatchInlineSnapshot(
    `"qemu-system-aarch64 -nodefaults -no-user-config -machine virt -accel tcg -cpu max -smp 2 -m 2048 -drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd -drive if=pflash,unit=1,format=raw,file=/s/vars.fd -drive if=none,id=medium,format=raw,media=cdrom,readonly=on,file=/images/live.iso -device virtio-scsi-pci,id=scsi -device scsi-cd,drive=medium,bootindex=0 -device virtio-gpu-pci -device qemu-xhci,id=usb -device usb-kbd,bus=usb.0 -display none -chardev socket,id=serial0,path=/s/tty,server=on,wait=off -serial chardev:serial0 -smbios type=11,value=io.systemd.credential:getty.ttys.serial=ttyAMA0 -device virtio-rng-pci -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile="`,
  );
});

test.each(['cd', 'disk'] as const)('the image is never opened for writing (%s)', (attach) => {
  const drives = valuesOf('-drive', buildQemuArgv({ ...machine, attach }));
  expect(drives).toHaveLength(1);
  expect(drives[0]).toMatch(/readonly=on|snapshot=on/);
});

test('a scratch disk keeps what the guest writes', () => {
  const [drive] = valuesOf('-drive', buildQemuArgv({ ...machine, attach: 'disk', isWritable: true }));
  expect(drive).toContain('snapshot=off');
  expect(drive).not.toContain('readonly');
});

const tap = 'tap,id=net0,ifname=lw0,script=no,downscript=no';

test.each([
  // SeaBIOS has no PXE of its own, it runs the card's ROM; OVMF has, and Secure Boot would refuse the ROM's.
  ['bios', 'virtio-net-pci,netdev=net0,bootindex=0'],
  ['uefi-secure', 'virtio-net-pci,netdev=net0,romfile=,bootindex=0'],
] as const)('%s boots from the network and from nothing else', (firmware, card) => {
  const uefi = firmware === 'bios' ? {} : { flash };
  const argv = buildQemuArgv({ ...machine, firmware, attach: 'network', netdev: tap, ...uefi });
  expect(valuesOf('-netdev', argv)).toEqual([tap]);
  expect(valuesOf('-device', argv)).toContain(card);
  expect(argv.join(' ')).not.toContain('/images/live.iso');
});

test('a virtio port for checks', () => {
  const argv = buildQemuArgv({ ...machine, channelSocketPath: '/s/port' });
  expect(valuesOf('-chardev', argv)).toContain('socket,id=channel,path=/s/port,server=on,wait=off');
  expect(valuesOf('-device', argv)).toContain('virtserialport,chardev=channel,name=org.livewright.checks');
});

test('only the Secure Boot firmware is told to guard its variables', () => {
  const plain = buildQemuArgv({ ...machine, firmware: 'uefi', flash });
  const secure = buildQemuArgv({ ...machine, firmware: 'uefi-secure', flash });
  expect(valuesOf('-global', plain)).toEqual([]);
  expect(valuesOf('-global', secure)).toEqual(['driver=cfi.pflash01,property=secure,value=on']);
  expect(valuesOf('-machine', plain)).toEqual(['q35']);
  expect(valuesOf('-machine', secure)).toEqual(['q35,smm=on']);
});

test.each([
  ['kvm', 'host'],
  ['tcg', 'max,erms=off,fsrm=off'],
] as const)('%s shows the guest a processor of kind %s', (accel, cpu) => {
  const argv = buildQemuArgv({ ...machine, accel });
  expect([valuesOf('-accel', argv), valuesOf('-cpu', argv)]).toEqual([[accel], [cpu]]);
});

test('a window has a graphics card, a terminal has none', () => {
  const window = buildQemuArgv({ ...machine, display: 'gtk', serial: { kind: 'none' } });
  const terminal = buildQemuArgv({ ...machine, serial: { kind: 'stdio' } });
  expect([valuesOf('-display', window), valuesOf('-vga', window)]).toEqual([['gtk'], ['std']]);
  expect([valuesOf('-display', terminal), valuesOf('-vga', terminal)]).toEqual([['none'], ['none']]);
  expect(valuesOf('-machine', terminal)).toContain('graphics=off');
});

test('a comma in a path does not end the option', () => {
  const [drive] = valuesOf('-drive', buildQemuArgv({ ...machine, imagePath: '/a,b.iso' }));
  expect(drive).toContain('file=/a,,b.iso');
});

test('a UEFI machine without flash files is a mistake of the caller', () => {
  expect(() => buildQemuArgv({ ...machine, firmware: 'uefi' })).toThrow(/flash/);
});
