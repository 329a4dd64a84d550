import type { FragmentEntry } from '../fragment.ts';
import type { Contents, HeldFile } from './contents.ts';
import { bytesOf, type Interval, relocate, uniteIntervals } from './intervals.ts';
import { dataOf, type HeldInode, type ObjectIndex, storedOf, tailOf } from './object.ts';

/** The part of an object that is copied as it is, and the tails that must be taken out of fragment blocks. */
export interface ObjectPlacement {
  readonly object: number;
  readonly copied: readonly Interval[];
  /** Where a copied byte comes to lie in the final image. */
  readonly moved: (position: number) => number;
  /** Fragment blocks that are copied: their number in the object, and in the final image. */
  readonly fragments: ReadonlyMap<number, number>;
  /** What is needed of fragment blocks that cannot be copied, by their number in the object. */
  readonly tails: ReadonlyMap<number, readonly Interval[]>;
}

export interface Placement {
  readonly objects: ReadonlyMap<number, ObjectPlacement>;
  /** The copied fragment blocks, as the final image has them. */
  readonly fragments: readonly FragmentEntry[];
  /** Where the copied blocks end. */
  readonly end: number;
}

/**
 * Gives every block that is needed its place, objects one after the other. A fragment block is copied only if every byte in
 * it is of a file of the tree: nothing else of an object may reach the image.
 */
export function placeBlocks(contents: Contents, objects: readonly ObjectIndex[], start: number): Placement {
  const chosen = groupByObject([...contents.chosen.values()]);
  const live = groupByObject(contents.live);
  const placements = new Map<number, ObjectPlacement>();
  const fragments: FragmentEntry[] = [];
  let end = start;
  for (const [object, index] of objects.entries()) {
    const files = chosen.get(object);
    if (files === undefined) continue;
    const needed = tailsByFragment(files, index);
    const isWhole = wholeFragments(needed, tailsByFragment(live.get(object) ?? [], index), index);
    const kept = [...needed.keys()].filter((number) => isWhole.has(number)).sort((a, b) => a - b);
    const copied = uniteIntervals([...files.map(dataOf), ...kept.map((number) => storedOf(index.fragments[number]!))]);
    const moved = relocate(copied, end);
    placements.set(object, {
      ...{ object, copied, moved },
      fragments: new Map(kept.map((number, at) => [number, fragments.length + at])),
      tails: new Map([...needed].filter(([number]) => !isWhole.has(number))),
    });
    for (const number of kept) {
      const { start: old, size } = index.fragments[number]!;
      fragments.push({ start: moved(old), size });
    }
    end += bytesOf(copied);
  }
  return { objects: placements, fragments, end };
}

function groupByObject(held: readonly HeldFile[]): Map<number, HeldInode[]> {
  const groups = new Map<number, HeldInode[]>();
  for (const { object, inode } of held) {
    const group = groups.get(object);
    if (group === undefined) groups.set(object, [inode]);
    else group.push(inode);
  }
  return groups;
}

function tailsByFragment(files: Iterable<HeldInode>, { superblock }: ObjectIndex): Map<number, Interval[]> {
  const tails = new Map<number, Interval[]>();
  for (const file of files) {
    const tail = tailOf(file, superblock.blockSizeBytes);
    if (tail === undefined) continue;
    const list = tails.get(tail.index);
    if (list === undefined) tails.set(tail.index, [tail]);
    else list.push(tail);
  }
  return tails;
}

/** Those of the needed fragment blocks in which live files cover what all files of the object cover, without a gap. */
function wholeFragments(
  needed: ReadonlyMap<number, unknown>,
  live: ReadonlyMap<number, readonly Interval[]>,
  index: ObjectIndex,
): Set<number> {
  const all = tailsByFragment(index.files.values(), index);
  const isWhole = (number: number): boolean => {
    const [used, ...gaps] = uniteIntervals(all.get(number) ?? []);
    const [alive, ...deaths] = uniteIntervals(live.get(number) ?? []);
    return (
      used?.start === 0 && gaps.length === 0 && deaths.length === 0 && alive?.start === 0 && alive.end === used.end
    );
  };
  return new Set([...needed.keys()].filter(isWhole));
}
