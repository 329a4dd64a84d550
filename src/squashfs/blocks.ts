import type { Codec } from './codec.ts';
import { parseBlockSize } from './dataBlock.ts';
import { type Decode, type DecodeLimits, decoderOf } from './decode/decoder.ts';
import type { ImageFile } from './imageFile.ts';
import { LruMap } from './lru.ts';
import { METADATA_BYTES, METADATA_HEADER_BYTES, parseMetadataHeader } from './metadataBlock.ts';
import { refuse } from './refuse.ts';

export interface MetadataContent {
  readonly content: Buffer;
  /** Where the next block starts. */
  readonly next: number;
}

/** Reads and decompresses the blocks of an image; keeps those used last. */
export class Blocks {
  readonly #file: ImageFile;
  readonly #decode: Decode;
  readonly #windowBytes: number;
  readonly #blockSizeBytes: number;
  // 2 MiB of metadata, and at most 8 MiB of fragments.
  readonly #metadata = new LruMap<number, MetadataContent>(256);
  readonly #data = new LruMap<number, Buffer>(8);

  constructor(file: ImageFile, format: { codec: Codec; blockSizeBytes: number; dictionaryBytes: number | undefined }) {
    this.#file = file;
    this.#decode = decoderOf(format.codec);
    this.#blockSizeBytes = format.blockSizeBytes;
    // Linux, fs/squashfs/xz_wrapper.c and zstd_wrapper.c: the dictionary of the options or the block size, at least 8 KiB.
    this.#windowBytes = Math.max(format.dictionaryBytes ?? format.blockSizeBytes, METADATA_BYTES);
  }

  /** The metadata block at `start`, which must end before `end`. */
  async metadata(start: number, end: number): Promise<MetadataContent> {
    const cached = this.cachedMetadata(start, end);
    if (cached !== undefined) return cached;
    if (start + METADATA_HEADER_BYTES >= end) throw refuse({ offset: start }, 'the table ends, and more was expected');
    const field = await this.#file.readTable(start, METADATA_HEADER_BYTES);
    const { storedBytes, compressed } = parseMetadataHeader(field.readUInt16LE());
    const next = start + METADATA_HEADER_BYTES + storedBytes;
    if (storedBytes === 0 || storedBytes > METADATA_BYTES || next > end) {
      throw refuse({ offset: start }, `a metadata block of ${storedBytes} bytes is not possible here`);
    }
    const stored = Buffer.from(await this.#file.readTable(start + METADATA_HEADER_BYTES, storedBytes));
    const content = compressed ? await this.#decoded(stored, start, METADATA_BYTES) : stored;
    const block = { content, next };
    this.#metadata.set(start, block);
    return block;
  }

  /** The same, if it was read before. */
  cachedMetadata(start: number, end: number): MetadataContent | undefined {
    const cached = this.#metadata.get(start);
    return cached !== undefined && cached.next <= end ? cached : undefined;
  }

  /** The content of a data or fragment block at `start` with the size field `size`, which is no hole. */
  async data(start: number, size: number): Promise<Buffer> {
    const { storedBytes, compressed } = parseBlockSize(size);
    if (storedBytes > this.#blockSizeBytes) {
      throw refuse({ offset: start }, `a block of ${storedBytes} bytes is larger than the block size`);
    }
    const stored = await this.#file.read(start, storedBytes);
    return compressed ? this.#decoded(stored, start, this.#blockSizeBytes) : stored;
  }

  async cachedData(start: number, size: number): Promise<Buffer> {
    const cached = this.#data.get(start);
    if (cached !== undefined) return cached;
    const content = await this.data(start, size);
    this.#data.set(start, content);
    return content;
  }

  async #decoded(stored: Buffer, offset: number, outputBytes: number): Promise<Buffer> {
    const limits: DecodeLimits = { outputBytes, windowBytes: this.#windowBytes };
    try {
      const content = await this.#decode(stored, limits);
      if (content.length <= outputBytes) return content;
    } catch (error) {
      throw refuse({ offset }, `a compressed block is damaged: ${error instanceof Error ? error.message : error}`);
    }
    throw refuse({ offset }, 'a compressed block holds more than it may');
  }
}
