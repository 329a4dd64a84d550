import { open } from 'node:fs/promises';
import { different } from './copyImage.ts';
import { alignedBuffer, CHUNK_BYTES, type RawFile, readBack, readFully, writeFully } from './rawFile.ts';
import { MIB, roundDown, roundUp } from './sizes.ts';
import { runStickTool, type StickTools } from './stickTools.ts';

/** A stretch of bytes: from, and up to but not including. */
export type Extent = readonly [from: number, to: number];

/** A prepared part of a partition: which bytes of a scratch file go where on the target. */
export interface Piece {
  readonly source: string;
  readonly targetOffset: number;
  readonly extents: readonly Extent[];
  /** Changes bytes in place on their way; `offset` is theirs in the source. */
  readonly transform?: (bytes: Uint8Array, offset: number) => void;
}

// lseek(2): SEEK_DATA is 3 and SEEK_HOLE is 4. Node has no lseek.
const listData = `open(my $f, "<", $ARGV[0]) or die; my $at = 0;
while (defined(my $data = sysseek($f, $at, 3))) { $at = sysseek($f, $data, 4); print $data + 0, " ", $at + 0, "\\n"; }
$!{ENXIO} or die "lseek: $!";`;

/**
 * The extents of a sparse file that hold data, in whole blocks; and of its first and last MiB all, so that no signature of an
 * earlier file system survives on the stick (btrfs has one at 64 KiB, md and ZFS have theirs at the end).
 */
export async function listExtents(tools: StickTools, path: string, sizeBytes: number): Promise<Extent[]> {
  const text = await runStickTool(tools, { argv: ['perl', '-MErrno', '-e', listData, path] });
  const data = text.split('\n').flatMap((line): Extent[] => {
    const [from, to] = line.split(' ').map(Number);
    return from === undefined || to === undefined ? [] : [[from, to]];
  });
  return mergeExtents([[0, Math.min(MIB, sizeBytes)], ...data, [Math.max(0, sizeBytes - MIB), sizeBytes]]);
}

const BLOCK_BYTES = 4096;

/** Sorted, in whole blocks, and without overlaps. */
export function mergeExtents(extents: readonly Extent[]): Extent[] {
  const merged: Extent[] = [];
  for (const [from, to] of extents.toSorted(([one], [other]) => one - other)) {
    const [first, end] = [roundDown(from, BLOCK_BYTES), roundUp(to, BLOCK_BYTES)];
    const last = merged.at(-1);
    if (last === undefined || first > last[1]) merged.push([first, end]);
    else merged[merged.length - 1] = [last[0], Math.max(last[1], end)];
  }
  return merged;
}

export function countBytes(pieces: readonly Piece[]): number {
  return pieces.flatMap(({ extents }) => extents).reduce((sum, [from, to]) => sum + to - from, 0);
}

export interface PieceWork {
  readonly signal: AbortSignal;
  readonly onBytes: (done: number) => void;
}

/** Writes the pieces and has the device confirm them. */
export async function writePieces(target: RawFile, pieces: readonly Piece[], work: PieceWork): Promise<void> {
  await forEachChunk(pieces, work, (bytes, offset) => writeFully(target.handle, bytes, offset));
  await target.handle.sync();
}

/** Reads the pieces back. Throws VERIFY_FAILED with the first offset that differs. */
export async function verifyPieces(target: RawFile, pieces: readonly Piece[], work: PieceWork): Promise<void> {
  const buffer = alignedBuffer(CHUNK_BYTES);
  await forEachChunk(pieces, work, async (bytes, offset) => {
    const returned = await readBack(target, buffer.subarray(0, bytes.length), offset);
    if (Buffer.compare(returned, bytes) === 0) return;
    throw different(target, offset + bytes.findIndex((byte, at) => byte !== returned[at]));
  });
}

async function forEachChunk(
  pieces: readonly Piece[],
  { signal, onBytes }: PieceWork,
  use: (bytes: Uint8Array, targetOffset: number) => Promise<void>,
): Promise<void> {
  const buffer = alignedBuffer(CHUNK_BYTES);
  let done = 0;
  for (const { source, extents, targetOffset, transform } of pieces) {
    const file = await open(source, 'r');
    try {
      for (const [offset, length] of extents.flatMap(splitExtent)) {
        signal.throwIfAborted();
        const bytes = buffer.subarray(0, length);
        const count = await readFully(file, bytes, offset);
        bytes.fill(0, count);
        transform?.(bytes, offset);
        await use(bytes, targetOffset + offset);
        done += length;
        onBytes(done);
      }
    } finally {
      await file.close();
    }
  }
}

function splitExtent([from, to]: Extent): [offset: number, length: number][] {
  const count = Math.ceil((to - from) / CHUNK_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const offset = from + index * CHUNK_BYTES;
    return [offset, Math.min(CHUNK_BYTES, to - offset)];
  });
}
