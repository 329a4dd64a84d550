import { type Origin, refuse } from './refuse.ts';

/** Reads little-endian numbers one after the other. What would lie behind the end is refused with its offset. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #origin: Origin;
  #at = 0;

  constructor(bytes: Buffer, origin: Origin) {
    this.#bytes = bytes;
    this.#origin = origin;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get origin(): Origin {
    const { offset, inner } = this.#origin;
    return inner === undefined ? { offset: offset + this.#at } : { offset, inner: inner + this.#at };
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  i16(): number {
    return this.#bytes.readInt16LE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** A 32-bit number in which all ones mean "none". */
  u32OrNone(): number | undefined {
    const value = this.u32();
    return value === 0xffff_ffff ? undefined : value;
  }

  /** Positions and sizes; above 2^53 there can be no file. */
  u64(): number {
    const value = this.#bytes.readBigUInt64LE(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse(this.origin, `${value} is no size or position of a file`);
    return Number(value);
  }

  /** A 64-bit position in which all ones mean "there is no such table". */
  u64OrNone(): number | undefined {
    const at = this.#advance(8);
    if (this.#bytes.readBigUInt64LE(at) === 0xffff_ffff_ffff_ffffn) return undefined;
    this.#at = at;
    return this.u64();
  }

  bytes(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  #advance(length: number): number {
    if (length > this.left) throw refuse(this.origin, `${length} bytes were expected and ${this.left} are left`);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** Appends little-endian numbers to a buffer that grows. */
export class Writer {
  #bytes: Buffer;
  #length = 0;

  constructor(expectedBytes = 256) {
    this.#bytes = Buffer.alloc(expectedBytes);
  }

  get length(): number {
    return this.#length;
  }

  u16(value: number): this {
    const at = this.#extend(2);
    this.#bytes.writeUInt16LE(value, at);
    return this;
  }

  i16(value: number): this {
    const at = this.#extend(2);
    this.#bytes.writeInt16LE(value, at);
    return this;
  }

  u32(value: number): this {
    const at = this.#extend(4);
    this.#bytes.writeUInt32LE(value, at);
    return this;
  }

  u32OrNone(value: number | undefined): this {
    return this.u32(value ?? 0xffff_ffff);
  }

  u64(value: number): this {
    const at = this.#extend(8);
    this.#bytes.writeBigUInt64LE(BigInt(value), at);
    return this;
  }

  u64OrNone(value: number | undefined): this {
    if (value !== undefined) return this.u64(value);
    return this.u32(0xffff_ffff).u32(0xffff_ffff);
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#extend(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** What was written so far; valid until the next write. */
  toBuffer(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes room; the buffer may be another one afterwards. */
  #extend(length: number): number {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    return start;
  }
}

/** Bytes that come as they are asked for: the content of metadata blocks, one after the other. */
export interface ByteSource {
  /** Where the next byte stands. */
  readonly origin: Origin;
  /** The next `sizeBytes` bytes; refuses if there are fewer. */
  take(sizeBytes: number): Buffer | Promise<Buffer>;
}

/** The next `sizeBytes` bytes of `source`, to be parsed. */
export function readerOf(source: ByteSource, sizeBytes: number): Reader | Promise<Reader> {
  const { origin } = source;
  const taken = source.take(sizeBytes);
  return taken instanceof Promise ? taken.then((bytes) => new Reader(bytes, origin)) : new Reader(taken, origin);
}

/** A buffer as a source. */
export function sourceOf(bytes: Buffer, origin: Origin = { offset: 0 }): ByteSource {
  const reader = new Reader(bytes, origin);
  return {
    get origin() {
      return reader.origin;
    },
    take: (sizeBytes) => reader.bytes(sizeBytes),
  };
}
