import type { Bind } from '../sandbox/types.ts';

/** `uefi-ia32`: UEFI of 32 bits on a 64-bit PC, without Secure Boot. */
export type Firmware = 'bios' | 'uefi' | 'uefi-secure' | 'uefi-ia32';
/** `network`: no drive at all; the firmware starts from the network card. */
export type Attach = 'cd' | 'disk' | 'network';
export type Accel = 'tcg' | 'kvm';
export type GuestArchitecture = 'amd64' | 'arm64';

/** A virtual machine as a person would describe it. Paths are as QEMU sees them. */
export interface MachineDescription {
  readonly architecture: GuestArchitecture;
  readonly firmware: Firmware;
  readonly attach: Attach;
  /**
   * Opened read-only; what the guest writes to a disk goes to an overlay in TMPDIR that dies with QEMU. Not used where
   * `attach` is `network`.
   */
  readonly imagePath: string;
  /** The guest's writes to a disk stay in the file at `imagePath`: for scratch disks that are to survive a reboot. */
  readonly isWritable?: boolean;
  /** QEMU's `-netdev` value, which must say `id=net0`. Default: a network with nothing but QEMU in it. */
  readonly netdev?: string;
  /** A unix socket for the virtio port `channelName`, over which host and guest talk without kernel messages between. */
  readonly channelSocketPath?: string;
  readonly memoryMib: number;
  readonly cpus: number;
  readonly accel: Accel;
  /** `vnc`: a unix socket at `vncSocketPath`. */
  readonly display: 'none' | 'gtk' | 'vnc';
  readonly vncSocketPath?: string;
  /** `stdio`: the user's terminal, and then no graphics card, so that boot menus fall back to text. */
  readonly serial:
    | { readonly kind: 'socket'; readonly path: string }
    | { readonly kind: 'stdio' }
    | { readonly kind: 'none' };
  readonly qmpSocketPath?: string;
  /** Code image and private variable store; needed where firmware is not `bios`. */
  readonly flash?: FirmwareFlash;
  /** Where SeaBIOS writes its messages (`Booting from ...`, `No bootable device.`); BIOS only. */
  readonly firmwareLogPath?: string;
  /** The processors wait for QMP's `cont`, so that nothing is said before we listen. */
  readonly startPaused?: boolean;
}

/** The guest finds the port as `/dev/virtio-ports/NAME`. */
export const channelName = 'org.livewright.checks';

export interface FirmwareFlash {
  readonly codePath: string;
  readonly variablesPath: string;
}

export interface StartMachineOptions {
  /** Source and target are the same path throughout `src/vm/`: what QEMU opens is named as the host names it. */
  readonly binds: readonly Bind[];
  /** Device nodes to offer, `/dev/kvm` for instance. */
  readonly devices: readonly string[];
  /** `none` suffices for QEMU's user network as long as the guest need not leave it. */
  readonly network: 'none' | 'host' | { readonly ofProcess: number };
  /** In addition to the starter's defaults. TMPDIR is where QEMU puts a disk's throw-away overlay. */
  readonly env?: Readonly<Record<string, string>>;
  /** `terminal`: standard input, output and error are the user's. Default: captured. */
  readonly stdio?: 'captured' | 'terminal';
}

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface StartedMachine {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<ProgramExit>;
  /** The last lines that the program wrote to standard error. */
  stderrTail(): string;
  /** At once, whatever it does (SIGKILL). Harmless when it has ended. */
  kill(): void;
}

/** Starts a long-running program; the caller decides where (a sandbox on a tools tree, or plainly for development). */
export type StartMachine = (
  argv: readonly string[],
  options: StartMachineOptions,
) => StartedMachine | Promise<StartedMachine>;
