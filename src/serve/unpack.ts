import { dirname } from 'node:path';
import { LivewrightError } from '../errors.ts';
import type { Sandbox } from '../sandbox/run.ts';

export interface UnpackOptions {
  readonly sandbox: Sandbox;
  /** `live-image-ARCH.netboot.tar`, packed or not. */
  readonly tar: string;
  /** An empty directory. */
  readonly target: string;
  readonly signal: AbortSignal;
}

/** Unpacks a netboot image. ARCHIVE_FORMAT if it cannot be read. */
export async function unpackNetboot({ sandbox, tar, target, signal }: UnpackOptions): Promise<void> {
  const binds = [
    { source: dirname(tar), target: dirname(tar) },
    { source: target, target, writable: true },
  ];
  const argv = ['tar', '--extract', '--file', tar, '--directory', target, '--no-same-owner'];
  try {
    await sandbox.runTool({ argv, binds, signal });
  } catch (error) {
    if (!(error instanceof LivewrightError) || error.code !== 'PROGRAM_FAILED') throw error;
    const said = String((error.data['tail'] as readonly string[] | undefined)?.at(-1) ?? '');
    throw new LivewrightError('ARCHIVE_FORMAT', {
      message: `${tar} cannot be unpacked${said === '' ? '' : ` (${said})`}.`,
      hint: 'Is it whole? `lb build` makes it again.',
      data: { tar },
      cause: error,
    });
  }
}
