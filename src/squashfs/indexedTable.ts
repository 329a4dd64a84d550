import type { Blocks } from './blocks.ts';
import { Reader } from './bytes.ts';
import type { ImageFile } from './imageFile.ts';
import { METADATA_BYTES } from './metadataBlock.ts';
import { refuse } from './refuse.ts';

/**
 * A table of entries of one size (ids, fragments, inode references, sets of xattrs): metadata blocks, and behind them their
 * positions, 64 bits each. The superblock points to the positions.
 */
export class IndexedTable {
  readonly count: number;
  readonly #parts: { readonly file: ImageFile; readonly blocks: Blocks };
  readonly #positions: number;
  readonly #entryBytes: number;

  constructor(
    parts: { readonly file: ImageFile; readonly blocks: Blocks },
    table: { readonly positions: number; readonly count: number; readonly entryBytes: number; readonly name: string },
  ) {
    const { positions, count, entryBytes, name } = table;
    const end = positions + blockCount(count, entryBytes) * 8;
    if (end > parts.file.sizeBytes)
      throw refuse({ offset: positions }, `${count} entries of the ${name} table are too many`);
    this.#parts = parts;
    this.#positions = positions;
    this.#entryBytes = entryBytes;
    this.count = count;
  }

  /** The bytes of entry `index`. */
  async read(index: number): Promise<Reader> {
    const at = index * this.#entryBytes;
    const position = this.#positions + Math.floor(at / METADATA_BYTES) * 8;
    const start = new Reader(await this.#parts.file.readTable(position, 8), { offset: position }).u64();
    const { content } = await this.#parts.blocks.metadata(start, this.#positions);
    const inner = at % METADATA_BYTES;
    return new Reader(content.subarray(inner, inner + this.#entryBytes), { offset: start, inner });
  }

  /** Where the first block stands: the table's beginning. Undefined if it has no entries. */
  async start(): Promise<number | undefined> {
    if (this.count === 0) return undefined;
    return new Reader(await this.#parts.file.readTable(this.#positions, 8), { offset: this.#positions }).u64();
  }
}

function blockCount(count: number, entryBytes: number): number {
  return Math.ceil((count * entryBytes) / METADATA_BYTES);
}
