import { mkdtemp, rm } from 'node:fs/promises';
import { bootOnce } from '../../src/vm/bootTest.ts';
import type { BootLimits } from '../../src/vm/limits.ts';
import type { Attach, Firmware } from '../../src/vm/types.ts';
import type { BootVerdict } from '../../src/vm/verdict.ts';
import { startPlainly } from './startMachine.ts';

export interface PlainBoot {
  readonly imagePath: string;
  readonly firmware: Firmware;
  readonly attach: Attach;
  readonly outputDirectory: string;
  readonly limits?: Partial<BootLimits>;
}

/** Boots an image in the host's own QEMU, emulated; for machines that have QEMU and OVMF installed. */
export async function bootPlainly(plain: PlainBoot): Promise<BootVerdict> {
  const scratch = await mkdtemp('/tmp/vm');
  try {
    return await bootOnce({
      ...plain,
      boot: `${plain.firmware}-${plain.attach}`,
      title: `${plain.firmware}, as a ${plain.attach}`,
      architecture: 'amd64',
      accel: 'tcg',
      toolsRoot: '/',
      scratch,
      start: startPlainly,
      emit: () => {},
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
