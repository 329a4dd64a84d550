import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Leaves live-build's stage files, which scripts look for (`[ -e .build/binary_iso ]`). They are empty, and nothing here
 * reads them: what is done and what is not follows from inputs and results.
 */
export async function writeStageFiles(directory: string, names: readonly string[]): Promise<void> {
  await mkdir(join(directory, '.build'), { recursive: true });
  for (const name of names) await (await open(join(directory, '.build', name), 'a')).close();
}
