import { crc32 } from 'node:zlib';

/** The one block of an xz stream. */
export interface XzBlock {
  readonly dictionaryBytes: number;
  readonly dictionaryField: number;
  readonly hasX86Filter: boolean;
  /** LZMA2 data. */
  readonly data: Buffer;
  readonly plainBytes: number;
  readonly check: Buffer;
}

const MAGIC = Buffer.from('fd377a585a00', 'hex');
const HEADER_BYTES = 12;
const FOOTER_BYTES = 12;
const CHECK_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 4, 4: 8, 10: 32 };
const X86_FILTER = 0x04;
const LZMA2_FILTER = 0x21;

/**
 * Takes an xz stream apart (The .xz File Format, version 1.1.0): header of 12 bytes, one block, index, footer of 12 bytes.
 * Throws a plain Error for streams of several blocks and for filters other than x86, neither of which mksquashfs makes
 * for the PC.
 */
export function parseXzBlock(stream: Buffer): XzBlock {
  const footer = stream.length - FOOTER_BYTES;
  if (footer < HEADER_BYTES || !stream.subarray(0, 6).equals(MAGIC)) throw new Error('it is no xz stream');
  const checkBytes = CHECK_BYTES[stream[7]!];
  if (checkBytes === undefined) throw new Error('its kind of checksum is not known');
  const indexStart = footer - (stream.readUInt32LE(footer + 4) + 1) * 4;
  if (indexStart < HEADER_BYTES) throw new Error('its index is not inside it');
  const index = new Numbers(stream.subarray(0, footer), indexStart);
  if (index.byte() !== 0 || index.number() !== 1) throw new Error('it does not consist of one block');
  const [unpaddedBytes, plainBytes] = [index.number(), index.number()];
  if (HEADER_BYTES + Math.ceil(unpaddedBytes / 4) * 4 !== indexStart)
    throw new Error('its block is not as its index says');
  const headerEnd = HEADER_BYTES + (stream[HEADER_BYTES]! + 1) * 4;
  const dataEnd = HEADER_BYTES + unpaddedBytes - checkBytes;
  if (headerEnd > dataEnd) throw new Error('its block is not as its index says');
  const filters = parseFilters(stream.subarray(0, headerEnd - 4));
  return {
    ...filters,
    plainBytes,
    data: stream.subarray(headerEnd, dataEnd),
    // Behind up to three bytes of padding, which the unpadded size leaves out.
    check: stream.subarray(indexStart - checkBytes, indexStart),
  };
}

function parseFilters(header: Buffer): Pick<XzBlock, 'dictionaryBytes' | 'dictionaryField' | 'hasX86Filter'> {
  const numbers = new Numbers(header, HEADER_BYTES + 1);
  const flags = numbers.byte();
  if (flags & 0x40) numbers.number();
  if (flags & 0x80) numbers.number();
  const hasX86Filter = (flags & 3) === 1;
  if ((flags & 3) > 1) throw new Error('it has too many filters');
  if (hasX86Filter && (numbers.number() !== X86_FILTER || numbers.number() !== 0)) {
    throw new Error('it has a filter other than that for x86');
  }
  if (numbers.number() !== LZMA2_FILTER || numbers.number() !== 1) throw new Error('it is not LZMA2');
  const dictionaryField = numbers.byte();
  if (dictionaryField > 40) throw new Error('the size of its dictionary is not possible');
  const dictionaryBytes = (2 | (dictionaryField & 1)) * 2 ** (Math.floor(dictionaryField / 2) + 11);
  return { dictionaryBytes, dictionaryField, hasX86Filter };
}

/** The same LZMA2 data as a stream of its own, without filter and checksum. */
export function wrapWithoutFilter({ data, dictionaryField, plainBytes }: XzBlock): Buffer {
  const flags = Buffer.from([0, 0]);
  const blockHeader = Buffer.from([2, 0, LZMA2_FILTER, 1, dictionaryField, 0, 0, 0]);
  const unpaddedBytes = blockHeader.length + 4 + data.length;
  const index = padded(Buffer.from([0, 1, ...writeNumber(unpaddedBytes), ...writeNumber(plainBytes)]));
  const footer = Buffer.alloc(6);
  footer.writeUInt32LE((index.length + 4) / 4 - 1);
  return Buffer.concat([
    ...[MAGIC, flags, sumOf(flags), blockHeader, sumOf(blockHeader), padded(data)],
    ...[index, sumOf(index), sumOf(footer), footer, Buffer.from('YZ')],
  ]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function sumOf(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(bytes));
  return sum;
}

function writeNumber(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...writeNumber(Math.floor(value / 0x80))];
}

/** Numbers of variable length: seven bits a byte, the lowest first, bit 7 set where more follow. */
class Numbers {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Error('it ends too early');
    return byte;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error('it has a number that is too large');
  }
}
