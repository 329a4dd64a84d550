import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { findMarks, type ImageMarks, markOverlapBytes, mergeMarks, noMarks } from './imageMarks.ts';
import type { ImageKind } from './matrix.ts';

/** What can be seen of an image from outside. */
export interface ImageFacts {
  readonly kind: ImageKind;
  readonly sizeBytes: number;
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
    let marks = noMarks;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, kept, pieceBytes, sizeBytes);
      if (bytesRead === 0) break;
      const fresh = buffer.subarray(kept, kept + bytesRead);
      kind ??= kindOf(path, fresh);
      hash.update(fresh);
      sizeBytes += bytesRead;
      const piece = buffer.subarray(0, kept + bytesRead);
      marks = mergeMarks(marks, findMarks(piece));
      kept = Math.min(markOverlapBytes, piece.length);
      buffer.copyWithin(0, piece.length - kept, piece.length);
    }
    return { kind: kind ?? 'hdd', sizeBytes, sha256: hash.digest('hex'), marks };
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
