import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { canonicalJson } from './canonical.ts';
import type { BlobRef, Digest } from './types.ts';

/** The text as a digest if it is one: 64 lower-case hex digits. */
export function parseDigest(text: unknown): Digest | undefined {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined;
}

export function digestBytes(bytes: Uint8Array | string): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

/** The digest of a value's canonical text. */
export function digestJson(value: unknown): Digest {
  return digestBytes(canonicalJson(value));
}

/** Digest and size of a file's content, read once, in constant memory. */
export async function digestFile(path: string): Promise<BlobRef> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
  }
  return { blob: hash.digest('hex') as Digest, sizeBytes };
}
