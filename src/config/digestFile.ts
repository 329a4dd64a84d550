import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../store/types.ts';

/** A file of the tree as an input of a step. */
export interface TreeFile {
  /** Relative to the build directory. */
  readonly path: string;
  readonly sha256: Digest;
  readonly sizeBytes: number;
}

export async function hashFile(path: string | Buffer): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex') as Digest;
}

export async function digestFile(directory: string, path: string): Promise<TreeFile> {
  const absolute = join(directory, path);
  const [sha256, { size }] = await Promise.all([hashFile(absolute), stat(absolute)]);
  return { path, sha256, sizeBytes: size };
}
