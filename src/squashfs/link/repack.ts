import { readFragment } from '../content.ts';
import { writeBlockSize } from '../dataBlock.ts';
import type { FragmentEntry } from '../fragment.ts';
import { withImage } from '../image.ts';
import { refuse } from '../refuse.ts';
import type { CompressBlocks } from './compressor.ts';
import type { Interval } from './intervals.ts';
import type { ObjectIndex } from './object.ts';
import type { Output } from './output.ts';
import type { ObjectPlacement, Placement } from './placement.ts';

/** Where repacked tails are now, by `tailKey`. */
export type RepackedTails = ReadonlyMap<string, { readonly index: number; readonly offset: number }>;

export function tailKey(object: number, fragment: number, { start, end }: Interval): string {
  return `${object}:${fragment}:${start}:${end}`;
}

/** Places of tails in new fragment blocks, in the order in which `repackTails` packs them. */
export interface TailPlan {
  readonly tails: RepackedTails;
  /** How many new blocks there are. */
  readonly blocks: number;
}

/**
 * What is needed out of fragment blocks that hold other things as well is packed into new ones, so that what else was in
 * them is nowhere in the image. Sizes are known beforehand, and with them the places: tables need not wait for contents.
 * @param firstIndex The number of the first new block.
 */
export function planTails(placement: Placement, blockSizeBytes: number, firstIndex: number): TailPlan {
  const tails = new Map<string, { index: number; offset: number }>();
  let [block, filled] = [0, 0];
  for (const { key, tail } of tailsIn(placement)) {
    if (tails.has(key)) continue;
    const bytes = tail.end - tail.start;
    if (filled + bytes > blockSizeBytes) [block, filled] = [block + 1, 0];
    tails.set(key, { index: firstIndex + block, offset: filled });
    filled += bytes;
  }
  return { tails, blocks: block + (filled > 0 ? 1 : 0) };
}

function* tailsIn({ objects }: Placement): Generator<{ readonly key: string; readonly tail: Interval }> {
  for (const part of objects.values()) {
    for (const [number, tail] of orderedTails(part)) yield { key: tailKey(part.object, number, tail), tail };
  }
}

function orderedTails({ tails }: ObjectPlacement): [number, Interval][] {
  const fragments = [...tails].sort(([a], [b]) => a - b);
  return fragments.flatMap(([number, intervals]) =>
    intervals
      .toSorted((a, b) => a.start - b.start || a.end - b.end)
      .map((interval): [number, Interval] => [number, interval]),
  );
}

interface Repacking {
  readonly objects: readonly ObjectIndex[];
  readonly plan: TailPlan;
  readonly blockSizeBytes: number;
  readonly compress: CompressBlocks;
  readonly output: Output;
  /** Nothing is written before it is fulfilled; compressing begins at once. */
  readonly turn: Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/** So much is held in memory before it is compressed. */
const BATCH_BYTES = 32 << 20;

/** Appends the new fragment blocks of the plan to the output, and gives their entries. */
export async function repackTails(placement: Placement, repacking: Repacking): Promise<FragmentEntry[]> {
  const { objects, plan, blockSizeBytes } = repacking;
  const fragments: FragmentEntry[] = [];
  const done = new Set<string>();
  let waiting: Buffer[] = [];
  let current: Buffer[] = [];
  const close = (): void => {
    if (current.length > 0) waiting.push(Buffer.concat(current));
    current = [];
  };
  const flush = async (): Promise<void> => {
    fragments.push(...(await appendBlocks(waiting, repacking)));
    waiting = [];
  };
  for (const part of placement.objects.values()) {
    if (part.tails.size === 0) continue;
    await takeOut(part, objects[part.object]!.path, async (key, bytes) => {
      if (done.has(key)) return;
      done.add(key);
      if (plan.tails.get(key)!.offset === 0) close();
      if (waiting.length * blockSizeBytes >= BATCH_BYTES) await flush();
      current.push(Buffer.from(bytes));
    });
  }
  close();
  await flush();
  if (fragments.length !== plan.blocks) throw new Error(`${fragments.length} blocks instead of ${plan.blocks}`);
  return fragments;
}

type TakeTail = (key: string, bytes: Buffer) => Promise<void>;

async function takeOut(part: ObjectPlacement, path: string, take: TakeTail): Promise<void> {
  await withImage(path, async (image) => {
    let last: { number: number; start: number; block: Buffer } | undefined;
    for (const [number, tail] of orderedTails(part)) {
      if (last?.number !== number) {
        const { start, size } = await readFragment(image, number);
        last = { number, start, block: await image.blocks.data(start, size) };
      }
      if (tail.end > last.block.length) {
        throw refuse({ offset: last.start }, 'the end of a file is not in its fragment block');
      }
      await take(tailKey(part.object, number, tail), last.block.subarray(tail.start, tail.end));
    }
  });
}

async function appendBlocks(blocks: readonly Buffer[], repacking: Repacking): Promise<FragmentEntry[]> {
  const { compress, blockSizeBytes, output, turn, signal } = repacking;
  signal?.throwIfAborted();
  const stored = await compress(blocks, blockSizeBytes);
  await turn;
  const fragments: FragmentEntry[] = [];
  for (const { bytes, compressed } of stored) {
    fragments.push({ start: output.position, size: writeBlockSize({ storedBytes: bytes.length, compressed }) });
    await output.write(bytes);
  }
  return fragments;
}
