import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { removeTree } from '../../src/store/remove.ts';

/** A new directory that goes away when the running test ends. */
export async function tempDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'livewright-test-'));
  onTestFinished(() => removeTree(directory));
  return directory;
}
