import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import type { DecodeLimits } from './decoder.ts';

const MAGIC = 0xfd2f_b528;

/** A zstd frame (RFC 8878). Node has zstd from 22.15 on; before, a library that only decodes. */
export function decodeZstd(stored: Buffer, limits: DecodeLimits): Buffer {
  if (windowBytesOf(stored) > limits.windowBytes) throw new Error('its window is larger than the kernel allows');
  if ('zstdDecompressSync' in zlib && typeof zlib.zstdDecompressSync === 'function') {
    return zlib.zstdDecompressSync(stored, { maxOutputLength: limits.outputBytes });
  }
  return decodeByLibrary(stored, limits.outputBytes);
}

/** How far the frame refers back: the window descriptor's size, or the content's where there is none. */
function windowBytesOf(frame: Buffer): number {
  if (frame.length < 9 || frame.readUInt32LE() !== MAGIC) throw new Error('it is no zstd frame');
  const descriptor = frame[4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const base = 2 ** (10 + (frame[5]! >> 3));
    return base + (base / 8) * (frame[5]! & 7);
  }
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const sizes = [() => frame.readUInt8(at), () => frame.readUInt16LE(at) + 256, () => frame.readUInt32LE(at)];
  return (sizes[descriptor >> 6] ?? (() => Number(frame.readBigUInt64LE(at))))();
}

function decodeByLibrary(stored: Buffer, outputBytes: number): Buffer {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const decoder = new Decompress((chunk) => {
    length += chunk.length;
    if (length > outputBytes) throw new Error('it holds more than a block can');
    chunks.push(chunk);
  });
  decoder.push(stored, true);
  return Buffer.concat(chunks);
}
