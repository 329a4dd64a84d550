import type { Blocks, MetadataContent } from './blocks.ts';
import type { ByteSource } from './bytes.ts';
import type { MetadataPosition } from './metadataBlock.ts';
import { type Origin, refuse } from './refuse.ts';

/** A table of metadata blocks: from its first block to the byte behind its last one. */
export interface TableRange {
  readonly start: number;
  readonly end: number;
}

/** Reads a table from a position on, across its blocks. */
export class MetadataReader implements ByteSource {
  readonly #blocks: Blocks;
  readonly #end: number;
  #start: number;
  #offset: number;
  #current: MetadataContent | undefined;

  constructor(blocks: Blocks, range: TableRange, position: MetadataPosition) {
    this.#blocks = blocks;
    this.#end = range.end;
    this.#start = range.start + position.block;
    this.#offset = position.offset;
  }

  get origin(): Origin {
    return { offset: this.#start, inner: this.#offset };
  }

  /** At once, where the block is at hand: tables have millions of small parts. */
  take(sizeBytes: number): Buffer | Promise<Buffer> {
    this.#current ??= this.#blocks.cachedMetadata(this.#start, this.#end);
    const end = this.#offset + sizeBytes;
    if (this.#current === undefined || end > this.#current.content.length) return this.#takeAcross(sizeBytes);
    const taken = this.#current.content.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  async #takeAcross(sizeBytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let missing = sizeBytes; missing > 0; ) {
      const { content, next } = this.#current ?? (await this.#load());
      if (this.#offset > content.length) throw refuse(this.origin, 'the metadata block ends before that');
      const piece = content.subarray(this.#offset, this.#offset + missing);
      pieces.push(piece);
      missing -= piece.length;
      this.#offset += piece.length;
      if (missing > 0) [this.#start, this.#offset, this.#current] = [next, 0, undefined];
    }
    return Buffer.concat(pieces);
  }

  async #load(): Promise<MetadataContent> {
    this.#current = await this.#blocks.metadata(this.#start, this.#end);
    return this.#current;
  }
}
