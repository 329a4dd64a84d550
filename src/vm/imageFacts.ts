import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { findMarks, type ImageMarks, markOverlapBytes, mergeMarks, noMarks } from './imageMarks.ts';
import type { ImageKind } from './matrix.ts';

/** What can be seen of an image from outside. */
export interface ImageFacts {
  readonly kind: ImageKind;
  readonly sizeBytes: number;
  /** The size that the image states of itself, where it does; less than that is there of one that was cut off. */
  readonly statedBytes?: number;
  readonly sha256: string;
  readonly marks: ImageMarks;
}

const pieceBytes = 8 << 20;

/** Reads the image once, from its first byte to its last. */
export async function readImageFacts(path: string, signal?: AbortSignal): Promise<ImageFacts> {
  const file = await open(path);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(markOverlapBytes + pieceBytes);
    let kept = 0;
    let sizeBytes = 0;
    let kind: ImageKind | undefined;
    let statedBytes: number | undefined;
    let marks = noMarks;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, kept, pieceBytes, sizeBytes);
      if (bytesRead === 0) break;
      const fresh = buffer.subarray(kept, kept + bytesRead);
      if (kind === undefined) {
        kind = kindOf(path, fresh);
        statedBytes = statedSize(kind, fresh);
      }
      hash.update(fresh);
      sizeBytes += bytesRead;
      const piece = buffer.subarray(0, kept + bytesRead);
      marks = mergeMarks(marks, findMarks(piece));
      kept = Math.min(markOverlapBytes, piece.length);
      buffer.copyWithin(0, piece.length - kept, piece.length);
    }
    const stated = statedBytes === undefined ? {} : { statedBytes };
    return { kind: kind ?? 'hdd', sizeBytes, ...stated, sha256: hash.digest('hex'), marks };
  } finally {
    await file.close();
  }
}

// ECMA-119 8.1: the first volume descriptor is sector 16, and says so from its second byte on.
const volumeDescriptorOffset = 16 * 2048 + 1;
// POSIX ustar: the magic in the first header.
const tarMagicOffset = 257;

/** A file is what its bytes are, whatever it is called; only of tar archives does the name tell what they are for. */
export function kindOf(path: string, start: Uint8Array): ImageKind {
  const text = (offset: number, length: number) =>
    Buffer.from(start.subarray(offset, offset + length)).toString('latin1');
  if (text(volumeDescriptorOffset, 5) === 'CD001')
    return start[510] === 0x55 && start[511] === 0xaa ? 'iso-hybrid' : 'iso';
  if (text(tarMagicOffset, 5) === 'ustar') return path.endsWith('.netboot.tar') ? 'netboot' : 'tar';
  return 'hdd';
}

// ECMA-119 8.4.8: the number of logical blocks, here of 2048 bytes, in both byte orders; the first is little-endian.
const volumeSizeOffset = 16 * 2048 + 80;
// The four partitions of a master boot record: first sector and number of sectors at 8 and 12 of 16 bytes each.
const partitionTableOffset = 446;

function statedSize(kind: ImageKind, start: Buffer): number | undefined {
  if (kind === 'iso' || kind === 'iso-hybrid') return start.readUInt32LE(volumeSizeOffset) * 2048;
  if (kind !== 'hdd' || start.length < 512 || start.readUInt16LE(510) !== 0xaa55) return undefined;
  const ends = [0, 1, 2, 3].map((index) => {
    const at = partitionTableOffset + index * 16;
    return (start.readUInt32LE(at + 8) + start.readUInt32LE(at + 12)) * 512;
  });
  return Math.max(...ends);
}

/** That an image is cut off, in one sentence; undefined where it is not, or does not say how large it should be. */
export function describeLoss({
  sizeBytes,
  statedBytes = 0,
}: Pick<ImageFacts, 'sizeBytes' | 'statedBytes'>): string | undefined {
  if (sizeBytes >= statedBytes) return undefined;
  return `The image is cut off: of ${statedBytes} bytes ${sizeBytes} are there.`;
}
