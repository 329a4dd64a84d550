import { channelName, type GuestArchitecture, type MachineDescription } from './types.ts';

const programs = { amd64: 'qemu-system-x86_64', arm64: 'qemu-system-aarch64' } as const;

/**
 * The command line for a machine. Pure: the same description gives the same words.
 * The image is never written: a CD is read-only by nature, a disk gets a throw-away overlay unless it is a scratch disk.
 */
export function buildQemuArgv(machine: MachineDescription): string[] {
  return [
    programs[machine.architecture],
    '-nodefaults',
    '-no-user-config',
    ...board(machine),
    ...firmware(machine),
    ...medium(machine),
    ...screen(machine),
    ...serial(machine),
    ...control(machine),
    ...['-device', 'virtio-rng-pci'],
    ...channel(machine),
    ...network(machine),
  ];
}

/** What Linux calls the first serial line of the board. */
export function serialLineOf(architecture: GuestArchitecture): string {
  return architecture === 'arm64' ? 'ttyAMA0' : 'ttyS0';
}

/** QEMU's option syntax ends a value at a comma; a doubled comma is a comma. */
export function escapeQemuValue(value: string): string {
  return value.replaceAll(',', ',,');
}

function board(machine: MachineDescription): string[] {
  return [
    ...['-machine', boardType(machine)],
    ...['-accel', machine.accel],
    ...['-cpu', processor(machine)],
    ...['-smp', String(machine.cpus)],
    ...['-m', String(machine.memoryMib)],
  ];
}

/**
 * Emulated, a string instruction costs as much per byte as another per word. A processor that promises fast ones (ERMS,
 * FSRM) makes Linux clear every page byte by byte, which is where such a guest then spends most of its time.
 */
function processor({ accel, architecture }: MachineDescription): string {
  if (accel === 'kvm') return 'host';
  return architecture === 'amd64' ? 'max,erms=off,fsrm=off' : 'max';
}

function boardType({ architecture, firmware }: MachineDescription): string {
  if (architecture === 'arm64') return 'virt';
  // System management mode is what keeps the guest from writing the Secure Boot variables past the firmware.
  return needsManagementMode(firmware) ? 'q35,smm=on' : 'q35';
}

function needsManagementMode(firmware: MachineDescription['firmware']): boolean {
  return firmware === 'uefi-secure' || firmware === 'uefi-ia32';
}

function firmware(machine: MachineDescription): string[] {
  if (machine.firmware === 'bios') return biosLog(machine);
  if (!machine.flash) throw new Error('a UEFI machine needs its flash files');
  const code = escapeQemuValue(machine.flash.codePath);
  const variables = escapeQemuValue(machine.flash.variablesPath);
  return [
    ...(machine.architecture === 'amd64' && needsManagementMode(machine.firmware)
      ? ['-global', 'driver=cfi.pflash01,property=secure,value=on']
      : []),
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${code}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${variables}`],
  ];
}

/** SeaBIOS writes its log to I/O port 0x402 (docs/Debugging.md of SeaBIOS). */
function biosLog({ firmwareLogPath }: MachineDescription): string[] {
  if (firmwareLogPath === undefined) return [];
  return [
    ...['-chardev', `file,id=firmware,path=${escapeQemuValue(firmwareLogPath)}`],
    ...['-device', 'isa-debugcon,iobase=0x402,chardev=firmware'],
  ];
}

function medium({ architecture, attach, imagePath, isWritable }: MachineDescription): string[] {
  if (attach === 'network') return [];
  const file = escapeQemuValue(imagePath);
  if (attach === 'disk') {
    return [
      ...['-drive', `if=none,id=medium,format=raw,snapshot=${isWritable ? 'off' : 'on'},file=${file}`],
      ...['-device', 'qemu-xhci,id=usb', '-device', 'usb-storage,bus=usb.0,drive=medium,removable=on,bootindex=0'],
    ];
  }
  const drive = ['-drive', `if=none,id=medium,format=raw,media=cdrom,readonly=on,file=${file}`];
  // The `virt` board has no IDE.
  if (architecture === 'arm64') {
    return [...drive, '-device', 'virtio-scsi-pci,id=scsi', '-device', 'scsi-cd,drive=medium,bootindex=0'];
  }
  return [...drive, '-device', 'ide-cd,bus=ide.0,drive=medium,bootindex=0'];
}

/**
 * SeaBIOS boots from the network by the option ROM of the card (package ipxe-qemu). OVMF has a driver and a PXE client of
 * its own; Secure Boot would refuse the ROM's.
 */
function network({ attach, firmware, netdev = 'user,id=net0' }: MachineDescription): string[] {
  const card = ['virtio-net-pci,netdev=net0'];
  if (attach !== 'network' || firmware !== 'bios') card.push('romfile=');
  if (attach === 'network') card.push('bootindex=0');
  return ['-netdev', netdev, '-device', card.join(',')];
}

function channel({ channelSocketPath }: MachineDescription): string[] {
  if (channelSocketPath === undefined) return [];
  return [
    ...['-device', 'virtio-serial-pci'],
    ...['-chardev', `socket,id=channel,path=${escapeQemuValue(channelSocketPath)},server=on,wait=off`],
    ...['-device', `virtserialport,chardev=channel,name=${channelName}`],
  ];
}

function screen(machine: MachineDescription): string[] {
  if (machine.serial.kind === 'stdio') return ['-display', 'none', '-vga', 'none'];
  const card = machine.architecture === 'arm64' ? armScreenAndKeyboard(machine) : ['-vga', 'std'];
  return [...card, '-display', display(machine)];
}

function armScreenAndKeyboard({ attach }: MachineDescription): string[] {
  const controller = attach === 'disk' ? [] : ['-device', 'qemu-xhci,id=usb'];
  return ['-device', 'virtio-gpu-pci', ...controller, '-device', 'usb-kbd,bus=usb.0'];
}

function display({ display, vncSocketPath }: MachineDescription): string {
  if (display !== 'vnc') return display;
  if (vncSocketPath === undefined) throw new Error('a VNC display needs a socket path');
  return `vnc=unix:${escapeQemuValue(vncSocketPath)}`;
}

function serial({ serial, architecture, firmware }: MachineDescription): string[] {
  if (serial.kind === 'none') return [];
  if (serial.kind === 'socket') {
    const path = escapeQemuValue(serial.path);
    return [
      ...['-chardev', `socket,id=serial0,path=${path},server=on,wait=off`],
      ...['-serial', 'chardev:serial0', ...serialGetty(architecture)],
    ];
  }
  // `graphics=off` makes SeaBIOS use the serial line as screen and keyboard (its `etc/sercon-port`).
  const seabios = architecture === 'amd64' && firmware === 'bios' ? ['-machine', 'graphics=off'] : [];
  return [
    '-chardev',
    'stdio,id=serial0,mux=on,signal=off',
    '-serial',
    'chardev:serial0',
    '-mon',
    'chardev=serial0',
    ...seabios,
    ...serialGetty(architecture),
  ];
}

/**
 * systemd (254 and newer) reads this credential from the SMBIOS table and starts a login prompt on the serial line
 * even where the kernel's command line does not name it. Older guests ignore it. systemd.system-credentials(7).
 */
function serialGetty(architecture: GuestArchitecture): string[] {
  return ['-smbios', `type=11,value=io.systemd.credential:getty.ttys.serial=${serialLineOf(architecture)}`];
}

function control({ qmpSocketPath, startPaused }: MachineDescription): string[] {
  const qmp = qmpSocketPath === undefined ? [] : ['-qmp', `unix:${escapeQemuValue(qmpSocketPath)},server=on,wait=off`];
  return startPaused ? [...qmp, '-S'] : qmp;
}
