import { type FileHandle, open } from 'node:fs/promises';

const SAMPLE_BYTES = 64 << 10;
const SAMPLES = 32;
/** What compressors leave has more than this; programs have about 6.5, text has 5. */
const FULL_BITS = 7.9;

/**
 * Whether a file's bytes are so evenly spread that no compressor will find much in it, as in an initramfs. Judged by parts
 * at even distances, and by nothing but the content: the same file is judged alike everywhere.
 */
export async function looksCompressed(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const bits = (await sample(file)).map(entropy).toSorted((a, b) => a - b);
    return (bits[bits.length >> 1] ?? 0) > FULL_BITS;
  } finally {
    await file.close();
  }
}

async function sample(file: FileHandle): Promise<Uint8Array[]> {
  const { size } = await file.stat();
  const distance = Math.max(SAMPLE_BYTES, Math.floor(size / SAMPLES));
  const samples: Uint8Array[] = [];
  for (let at = 0; at < size && samples.length < SAMPLES; at += distance) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, at);
    samples.push(buffer.subarray(0, bytesRead));
  }
  return samples;
}

/** Shannon's, in bits for each byte, as if bytes were independent. */
function entropy(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  return [...counts]
    .filter((count) => count > 0)
    .reduce((sum, count) => sum - (count / bytes.length) * Math.log2(count / bytes.length), 0);
}
