import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startMachine } from '../../src/sandbox/machine.ts';
import type { Sandbox } from '../../src/sandbox/run.ts';
import { startGuest, stopGuest } from '../../src/vm/guest.ts';
import type { Firmware } from '../../src/vm/types.ts';

export interface QuickBoot {
  readonly sandbox: Sandbox;
  /** The tools tree with QEMU. */
  readonly toolsRoot: string;
  readonly imagePath: string;
  readonly firmware: Firmware;
  readonly timeoutMs: number;
  /** Default: 512, enough for a boot loader. */
  readonly memoryMib?: number;
}

/** Boots a disk until its boot loader says `wanted` on the serial line; returns all that was said until then. */
export async function bootUntil(wanted: RegExp, boot: QuickBoot): Promise<string> {
  const { sandbox, toolsRoot, imagePath, firmware, timeoutMs, memoryMib = 512 } = boot;
  const scratch = await mkdtemp('/tmp/lw-q-');
  try {
    const guest = await startGuest({
      start: (argv, options) => startMachine(sandbox, { ...options, argv, toolsRoot }),
      machine: {
        ...{ architecture: 'amd64', firmware, attach: 'disk', imagePath, accel: 'tcg', display: 'none' },
        ...{ memoryMib, cpus: 1 },
      },
      toolsRoot,
      scratch,
      serialLogPath: join(scratch, 'serial.log'),
    });
    const found = await guest.console.expect(wanted, { timeoutMs, from: 0 });
    const [said, log] = [guest.console.text, await guest.readFirmwareLog()];
    await stopGuest(guest, 0);
    if (!found) throw new Error(`The boot loader did not say ${wanted}:\n${said}\n${log.slice(-2000)}`);
    return said;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
