import { open } from 'node:fs/promises';
import { bytesOf } from './intervals.ts';
import type { ObjectIndex } from './object.ts';
import type { Output } from './output.ts';
import type { Placement } from './placement.ts';

export interface Copying {
  readonly output: Output;
  readonly placement: Placement;
  readonly objects: readonly ObjectIndex[];
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** Appends what the placement says of each object to the output. */
export async function copyBlocks({ output, placement, objects, signal, onProgress }: Copying): Promise<void> {
  const start = output.position;
  for (const { object, copied } of placement.objects.values()) {
    signal?.throwIfAborted();
    if (bytesOf(copied) === 0) continue;
    const source = await open(objects[object]!.path, 'r');
    try {
      for (const interval of copied) await output.copy(source, interval);
    } finally {
      await source.close();
    }
    onProgress?.(output.position - start, placement.end - start);
  }
}
