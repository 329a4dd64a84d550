import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { digestJson } from '../store/digest.ts';
import type { Digest } from '../store/types.ts';
import { configFiles } from './optionFiles.ts';

/** One digest of the option files of a build directory, there or not. */
export async function digestOptionFiles(directory: string): Promise<Digest> {
  const texts = configFiles.map((path) => orIfAbsent(readFile(join(directory, path), 'latin1'), null));
  return digestJson(await Promise.all(texts));
}
