import { LivewrightError } from '../errors.ts';
import { prepareFlash } from './firmware.ts';
import { requireImage } from './image.ts';
import { buildQemuArgv } from './qemu.ts';
import type {
  Accel,
  Attach,
  Firmware,
  GuestArchitecture,
  MachineDescription,
  ProgramExit,
  StartMachine,
  StartMachineOptions,
} from './types.ts';

export interface RunGuestOptions {
  /** Absolute path. The file is never written to. */
  readonly imagePath: string;
  readonly architecture: GuestArchitecture;
  readonly firmware: Firmware;
  readonly attach: Attach;
  readonly accel: Accel;
  /** Default 2048. */
  readonly memoryMib?: number;
  /** Default 2. */
  readonly cpus?: number;
  /** `window`: a GTK window; `serial`: the user's terminal, Ctrl-a x ends the machine. */
  readonly view: 'window' | 'serial';
  /** Host path of the file system that QEMU sees as `/`: the tools tree with a display, or `/`. */
  readonly toolsRoot: string;
  /** An empty directory which QEMU sees under the same name and may write to. */
  readonly scratch: string;
  readonly start: StartMachine;
  /** What the window needs: the display server's socket, its cookie, and their variables. */
  readonly desktop?: Pick<StartMachineOptions, 'binds' | 'env'>;
  readonly signal?: AbortSignal;
}

/** Boots the image for a person and waits until the machine is switched off. Nothing is typed. */
export async function runGuest(options: RunGuestOptions): Promise<void> {
  await requireImage(options.imagePath);
  const { argv, start } = await describeRun(options);
  const machine = await options.start(argv, start);
  const stop = () => machine.kill();
  options.signal?.addEventListener('abort', stop, { once: true });
  const exit = await machine.exited;
  options.signal?.removeEventListener('abort', stop);
  if (exit.code !== 0 && !options.signal?.aborted) throw explainExit(exit, machine.stderrTail());
}

/** The command line and surroundings of the machine, without starting it. */
export async function describeRun(
  options: RunGuestOptions,
): Promise<{ readonly argv: string[]; readonly start: StartMachineOptions }> {
  const { scratch, imagePath, accel, desktop } = options;
  const flash = await prepareFlash({ ...options, scratch });
  const argv = buildQemuArgv(describeMachine(options, flash));
  const binds = [
    { source: imagePath, target: imagePath },
    { source: scratch, target: scratch, writable: true },
    ...(desktop?.binds ?? []),
  ];
  const start: StartMachineOptions = {
    binds,
    devices: accel === 'kvm' ? ['/dev/kvm'] : [],
    network: 'host',
    env: { TMPDIR: scratch, ...desktop?.env },
    stdio: options.view === 'serial' ? 'terminal' : 'captured',
  };
  return { argv, start };
}

function describeMachine(options: RunGuestOptions, flash: MachineDescription['flash']): MachineDescription {
  const { architecture, firmware, attach, imagePath, accel, memoryMib = 2048, cpus = 2, view } = options;
  return {
    ...{ architecture, firmware, attach, imagePath, accel, memoryMib, cpus },
    display: view === 'window' ? 'gtk' : 'none',
    serial: { kind: view === 'window' ? 'none' : 'stdio' },
    ...(flash ? { flash } : {}),
  };
}

function explainExit({ code, signal }: ProgramExit, tail: string): LivewrightError {
  const said = tail.trim().split('\n').at(-1);
  return new LivewrightError('VM_FAILED', {
    message: `QEMU ended with ${code === null ? `signal ${signal}` : `exit code ${code}`}${said ? `: ${said}` : ''}.`,
    hint: /gtk|display/i.test(tail) ? 'There is no display here; use "lb run --serial".' : 'Try less memory.',
    data: { code, signal, stderr: tail },
  });
}
