import { crc32 } from 'node:zlib';
import type { DecodeLimits } from './decoder.ts';
import { undoX86Filter } from './x86Filter.ts';
import { parseXzBlock, wrapWithoutFilter, type XzBlock } from './xzContainer.ts';

/** An xz stream of one block, as SquashFS has them, with or without the x86 filter. */
export async function decodeXz(stored: Buffer, limits: DecodeLimits): Promise<Buffer> {
  const block = parseXzBlock(stored);
  if (block.dictionaryBytes > limits.windowBytes) {
    throw new Error(`its dictionary of ${block.dictionaryBytes} bytes is larger than the kernel allows`);
  }
  if (!block.hasX86Filter) return decompress(stored, limits);
  // The library knows no filters.
  const plain = undoX86Filter(await decompress(wrapWithoutFilter(block), limits));
  checkSum(block, plain);
  return plain;
}

function checkSum({ check }: XzBlock, plain: Buffer): void {
  // Other kinds of sums the kernel does not know either (CONFIG_XZ_DEC: CRC32).
  if (check.length === 4 && check.readUInt32LE() !== crc32(plain)) throw new Error('its checksum is wrong');
}

type XzStream = new (input: ReadableStream<Uint8Array>) => AsyncIterable<Uint8Array>;

async function decompress(stream: Buffer, { outputBytes }: DecodeLimits): Promise<Buffer> {
  // A CommonJS module: its exports are on `default`.
  const { default: library } = (await import('xz-decompress')) as unknown as {
    default: { XzReadableStream: XzStream };
  };
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(stream);
      controller.close();
    },
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of new library.XzReadableStream(input)) {
    length += chunk.length;
    if (length > outputBytes) throw new Error('it holds more than a block can');
    chunks.push(chunk);
  }
  return chunks.length === 1 ? Buffer.from(chunks[0]!.buffer) : Buffer.concat(chunks);
}
