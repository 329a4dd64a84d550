import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { followConsole, type SerialConsole } from './console.ts';
import { prepareFlash } from './firmware.ts';
import { type Chord, chordsFor } from './keys.ts';
import { buildQemuArgv } from './qemu.ts';
import { connectQmp, connectSocket, type QmpClient } from './qmp.ts';
import type { Screen } from './screens.ts';
import type { MachineDescription, ProgramExit, StartedMachine, StartMachine } from './types.ts';

export interface GuestRequest {
  readonly start: StartMachine;
  readonly machine: Omit<MachineDescription, 'serial' | 'qmpSocketPath' | 'flash' | 'firmwareLogPath' | 'startPaused'>;
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
  readonly isUefi: boolean;
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
  const paths = { qmp: join(scratch, 'qmp'), serial: join(scratch, 'tty'), log: join(scratch, 'bios.log') };
  if (Buffer.byteLength(paths.serial) > longestSocketPath)
    throw new Error(`the scratch directory's name is too long: ${scratch}`);
  await mkdir(dirname(request.serialLogPath), { recursive: true });
  const flash = await prepareFlash({ ...described, toolsRoot: request.toolsRoot, scratch });
  const argv = buildQemuArgv({
    ...described,
    serial: { kind: 'socket', path: paths.serial },
    qmpSocketPath: paths.qmp,
    ...(flash ? { flash } : {}),
    ...(described.firmware === 'bios' ? { firmwareLogPath: paths.log } : {}),
    startPaused: true,
  });
  const machine = await request.start(argv, {
    binds: [
      { source: described.imagePath, target: described.imagePath },
      { source: scratch, target: scratch, writable: true },
    ],
    devices: described.accel === 'kvm' ? ['/dev/kvm'] : [],
    network: 'none',
    env: { TMPDIR: scratch },
  });
  try {
    return await listen(request, machine, paths);
  } catch (error) {
    machine.kill();
    throw error;
  }
}

async function listen(
  request: GuestRequest,
  machine: StartedMachine,
  paths: { readonly qmp: string; readonly serial: string; readonly log: string },
): Promise<Guest> {
  let exit: ProgramExit | undefined;
  const ended = machine.exited.then((how) => {
    exit = how;
    return how;
  });
  const qmp = await Promise.race([connectQmp(paths.qmp), ended.then(() => undefined)]);
  if (!qmp) throw qemuFailure(machine);
  const console = followConsole(await connectSocket(paths.serial), request.serialLogPath);
  await qmp.execute('cont');
  console.markPowerOn();
  const powerOnMs = performance.now();
  return {
    machine,
    qmp,
    console,
    scratch: request.scratch,
    isUefi: request.machine.firmware !== 'bios',
    exit: () => exit,
    elapsedMs: () => Math.round(performance.now() - powerOnMs),
    readFirmwareLog: () => orIfAbsent(readFile(paths.log, 'latin1'), ''),
  };
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
    guest.machine.kill();
    await guest.machine.exited;
    await guest.console.close();
  }
}
