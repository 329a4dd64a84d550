import { open } from 'node:fs/promises';

const pieceBytes = 4 << 20;
/** Room for a persistence partition; it takes space only where the guest writes. */
export const roomBytes = 1 << 30;

/**
 * A copy of the image that a guest may write to, with room behind it, as on a stick larger than the image. What is
 * empty in the image takes no space in the copy.
 */
export async function copyWithRoom(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const source = await open(from);
  const target = await open(to, 'w');
  try {
    const { size } = await source.stat();
    const buffer = Buffer.alloc(pieceBytes);
    const empty = Buffer.alloc(pieceBytes);
    for (let at = 0; at < size; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await source.read(buffer, 0, pieceBytes, at);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      if (!piece.equals(empty.subarray(0, bytesRead))) await target.write(piece, 0, bytesRead, at);
      at += bytesRead;
    }
    await target.truncate(Math.ceil(size / pieceBytes) * pieceBytes + roomBytes);
  } finally {
    await source.close();
    await target.close();
  }
}
