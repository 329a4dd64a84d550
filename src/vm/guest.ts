import { mkdir, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { followConsole, type SerialConsole } from './console.ts';
import { prepareFlash } from './firmware.ts';
import { type Chord, chordsFor } from './keys.ts';
import { buildQemuArgv } from './qemu.ts';
import { connectQmp, connectSocket, type QmpClient } from './qmp.ts';
import type { Screen } from './screens.ts';
import type { MachineDescription, ProgramExit, StartedMachine, StartMachine, StartMachineOptions } from './types.ts';

export interface GuestRequest {
  readonly start: StartMachine;
  readonly machine: Omit<
    MachineDescription,
    'serial' | 'qmpSocketPath' | 'flash' | 'firmwareLogPath' | 'startPaused' | 'channelSocketPath'
  >;
  /** Whether the guest gets the virtio port `channelName`. */
  readonly hasChannel?: boolean;
  /** What QEMU needs of the host besides the image and the scratch directory. */
  readonly needs?: Partial<Pick<StartMachineOptions, 'binds' | 'devices' | 'network' | 'env'>>;
  /** Host path of QEMU's `/`: the tools tree, or `/`. */
  readonly toolsRoot: string;
  /** An empty directory with a short name (unix sockets' names end at 107 bytes), same path inside and outside. */
  readonly scratch: string;
  readonly serialLogPath: string;
}

/** A running guest that talks to us: QMP, serial line, screen and keyboard. */
export interface Guest extends Screen {
  readonly machine: StartedMachine;
  readonly qmp: QmpClient;
  readonly console: SerialConsole;
  /** The host's end of the virtio port; only where `hasChannel` was asked for. */
  readonly channel?: Socket;
  readonly isUefi: boolean;
  readonly qemuVersion: string;
  /** Set when QEMU has ended. */
  readonly exit: () => ProgramExit | undefined;
  elapsedMs(): number;
  /** What SeaBIOS has logged; empty with UEFI, whose words are on the serial line. */
  readFirmwareLog(): Promise<string>;
}

const longestSocketPath = 107;

/** Starts QEMU, listens to everything, and only then lets the guest's processors run. */
export async function startGuest(request: GuestRequest): Promise<Guest> {
  const { scratch, machine: described } = request;
  const paths: GuestPaths = {
    qmp: join(scratch, 'qmp'),
    serial: join(scratch, 'tty'),
    log: join(scratch, 'bios.log'),
    ...(request.hasChannel ? { channel: join(scratch, 'port') } : {}),
  };
  if (Buffer.byteLength(paths.serial) > longestSocketPath)
    throw new Error(`the scratch directory's name is too long: ${scratch}`);
  await mkdir(dirname(request.serialLogPath), { recursive: true });
  const flash = await prepareFlash({ ...described, toolsRoot: request.toolsRoot, scratch });
  const argv = buildQemuArgv({
    ...described,
    serial: { kind: 'socket', path: paths.serial },
    qmpSocketPath: paths.qmp,
    ...(paths.channel ? { channelSocketPath: paths.channel } : {}),
    ...(flash ? { flash } : {}),
    ...(described.firmware === 'bios' ? { firmwareLogPath: paths.log } : {}),
    startPaused: true,
  });
  const machine = await request.start(argv, surroundings(request));
  try {
    return await listen(request, machine, paths);
  } catch (error) {
    machine.kill();
    throw error;
  }
}

interface GuestPaths {
  readonly qmp: string;
  readonly serial: string;
  readonly log: string;
  readonly channel?: string;
}

function surroundings({ machine, scratch, needs = {} }: GuestRequest): StartMachineOptions {
  const { imagePath, isWritable = false } = machine;
  const image = { source: imagePath, target: imagePath, ...(isWritable ? { writable: true } : {}) };
  return {
    binds: [
      ...(machine.attach === 'network' ? [] : [image]),
      { source: scratch, target: scratch, writable: true },
      ...(needs.binds ?? []),
    ],
    devices: [...(machine.accel === 'kvm' ? ['/dev/kvm'] : []), ...(needs.devices ?? [])],
    network: needs.network ?? 'none',
    env: { TMPDIR: scratch, ...needs.env },
  };
}

async function listen(request: GuestRequest, machine: StartedMachine, paths: GuestPaths): Promise<Guest> {
  let exit: ProgramExit | undefined;
  const ended = machine.exited.then((how) => {
    exit = how;
    return how;
  });
  const qmp = await Promise.race([connectQmp(paths.qmp), ended.then(() => undefined)]);
  if (!qmp) throw qemuFailure(machine);
  const console = followConsole(await connectSocket(paths.serial), request.serialLogPath);
  const channel = paths.channel === undefined ? undefined : await connectSocket(paths.channel);
  channel?.on('error', () => channel.destroy());
  const qemuVersion = readQemuVersion(await qmp.execute('query-version'));
  await qmp.execute('cont');
  console.markPowerOn();
  const powerOnMs = performance.now();
  return {
    machine,
    qmp,
    console,
    ...(channel ? { channel } : {}),
    scratch: request.scratch,
    qemuVersion,
    isUefi: request.machine.firmware !== 'bios',
    exit: () => exit,
    elapsedMs: () => Math.round(performance.now() - powerOnMs),
    readFirmwareLog: () => orIfAbsent(readFile(paths.log, 'latin1'), ''),
  };
}

/** QMP's `VersionInfo`. */
function readQemuVersion(answer: unknown): string {
  const { qemu } = answer as { qemu: { major: number; minor: number; micro: number } };
  return `${qemu.major}.${qemu.minor}.${qemu.micro}`;
}

function qemuFailure(machine: StartedMachine): LivewrightError {
  const tail = machine.stderrTail().trim();
  const said = tail.split('\n').at(-1) || 'it said nothing';
  return new LivewrightError('VM_FAILED', {
    message: `QEMU ended at once: ${said}`,
    hint: 'Try less memory, or look at the command line in the log.',
    data: { stderr: tail },
  });
}

/** Presses one chord. Emulated keyboards hold few keys, so the next press must leave the guest time to take this one. */
export async function pressKey(guest: Guest, chord: Chord, pauseMs = 80): Promise<void> {
  const keys = chord.map((data) => ({ type: 'qcode', data }));
  await guest.qmp.execute('send-key', { keys, 'hold-time': 20 });
  await sleep(pauseMs);
}

export async function typeText(guest: Guest, text: string, pauseMs = 80): Promise<void> {
  for (const chord of chordsFor(text)) await pressKey(guest, chord, pauseMs);
}

/** Presses the power button and gives the guest `graceMs` to end; then ends QEMU. */
export async function stopGuest(guest: Guest, graceMs: number): Promise<void> {
  try {
    if (guest.exit() === undefined && graceMs > 0) {
      await guest.qmp.execute('system_powerdown');
      await Promise.race([guest.machine.exited, sleep(graceMs, undefined, { ref: false })]);
    }
  } catch {
    // A guest that no longer answers is ended below all the same.
  } finally {
    guest.qmp.close();
    guest.channel?.destroy();
    guest.machine.kill();
    await guest.machine.exited;
    await guest.console.close();
  }
}
