import type { HeldFile } from './contents.ts';
import { type HeldInode, type ObjectIndex, tailOf } from './object.ts';
import type { Placement } from './placement.ts';
import { type RepackedTails, tailKey } from './repack.ts';

export type FileBody = HeldInode;

export const emptyBody: FileBody = {
  ...{ sizeBytes: 0, blocksStart: 0, sparseBytes: 0, fragment: undefined },
  blocks: new Uint32Array(0),
};

interface Placed {
  readonly placement: Placement;
  readonly repacked: RepackedTails;
  readonly objects: readonly ObjectIndex[];
}

/** A file of an object as the final image has it: the same blocks, elsewhere. */
export function placeFile({ object, inode }: HeldFile, { placement, repacked, objects }: Placed): FileBody {
  const { sizeBytes, blocks, sparseBytes } = inode;
  const part = placement.objects.get(object)!;
  // A file that is all holes, or all tail, has no block of which to tell the place.
  const hasData = blocks.some((size) => size !== 0);
  const blocksStart = hasData ? part.moved(inode.blocksStart) : 0;
  return { sizeBytes, blocks, sparseBytes, blocksStart, fragment: placeTail() };

  function placeTail(): FileBody['fragment'] {
    const tail = tailOf(inode, objects[object]!.superblock.blockSizeBytes);
    if (tail === undefined) return undefined;
    const copied = part.fragments.get(tail.index);
    return copied === undefined
      ? repacked.get(tailKey(object, tail.index, tail))
      : { index: copied, offset: tail.start };
  }
}
