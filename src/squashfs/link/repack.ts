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

export interface Repacked {
  readonly tails: RepackedTails;
  readonly fragments: readonly FragmentEntry[];
}

export function tailKey(object: number, fragment: number, { start, end }: Interval): string {
  return `${object}:${fragment}:${start}:${end}`;
}

interface Repacking {
  readonly blockSizeBytes: number;
  readonly compress: CompressBlocks;
  readonly output: Output;
  /** The number of the first new fragment block. */
  readonly firstIndex: number;
  readonly signal: AbortSignal | undefined;
}

/** So much is held in memory before it is compressed. */
const BATCH_BYTES = 32 << 20;

/**
 * Takes what is needed out of fragment blocks that hold other things as well, packs it into new ones, and appends them to
 * the output. So what else was in them is nowhere in the image.
 */
export async function repackTails(
  placement: Placement,
  objects: readonly ObjectIndex[],
  repacking: Repacking,
): Promise<Repacked> {
  const packer = new Packer(repacking);
  for (const part of placement.objects.values()) {
    if (part.tails.size > 0) await takeOut(part, objects[part.object]!.path, packer);
  }
  return packer.finish();
}

async function takeOut({ object, tails }: ObjectPlacement, path: string, packer: Packer): Promise<void> {
  await withImage(path, async (image) => {
    for (const [number, intervals] of [...tails].sort(([a], [b]) => a - b)) {
      const { start, size } = await readFragment(image, number);
      const block = await image.blocks.data(start, size);
      for (const tail of intervals.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
        if (tail.end > block.length) throw refuse({ offset: start }, 'the end of a file is not in its fragment block');
        await packer.add(tailKey(object, number, tail), block.subarray(tail.start, tail.end));
      }
    }
  });
}

class Packer {
  readonly #repacking: Repacking;
  readonly #tails = new Map<string, { index: number; offset: number }>();
  readonly #fragments: FragmentEntry[] = [];
  #waiting: Buffer[] = [];
  #current: Buffer[] = [];
  #currentBytes = 0;

  constructor(repacking: Repacking) {
    this.#repacking = repacking;
  }

  async add(key: string, bytes: Buffer): Promise<void> {
    if (this.#tails.has(key)) return;
    const { blockSizeBytes, firstIndex } = this.#repacking;
    if (this.#currentBytes + bytes.length > blockSizeBytes) this.#closeBlock();
    if (this.#waiting.length * blockSizeBytes >= BATCH_BYTES) await this.#compress();
    const index = firstIndex + this.#fragments.length + this.#waiting.length;
    this.#tails.set(key, { index, offset: this.#currentBytes });
    this.#current.push(Buffer.from(bytes));
    this.#currentBytes += bytes.length;
  }

  async finish(): Promise<Repacked> {
    this.#closeBlock();
    await this.#compress();
    return { tails: this.#tails, fragments: this.#fragments };
  }

  #closeBlock(): void {
    if (this.#currentBytes > 0) this.#waiting.push(Buffer.concat(this.#current));
    [this.#current, this.#currentBytes] = [[], 0];
  }

  async #compress(): Promise<void> {
    const { compress, blockSizeBytes, output, signal } = this.#repacking;
    signal?.throwIfAborted();
    for (const { bytes, compressed } of await compress(this.#waiting, blockSizeBytes)) {
      const size = writeBlockSize({ storedBytes: bytes.length, compressed });
      this.#fragments.push({ start: output.position, size });
      await output.write(bytes);
    }
    this.#waiting = [];
  }
}
