import type { DecodeLimits } from './decoder.ts';
import { Output } from './output.ts';

const SHORTEST_MATCH = 4;

/**
 * LZ4 block format (lz4_Block_format.md): sequences of a token (literals in the high four bits, match length minus 4 in the
 * low ones; 15 goes on in further bytes), literals, and a distance of 16 bits. The last sequence ends behind its literals.
 */
export function decodeLz4(stored: Buffer, { outputBytes }: DecodeLimits): Buffer {
  const output = new Output(stored, outputBytes);
  for (;;) {
    const token = output.next();
    output.copyLiterals(lengthOf(output, token >> 4));
    if (output.isInputUsed) return output.toBuffer();
    const distance = output.next() | (output.next() << 8);
    output.copyMatch(distance, lengthOf(output, token & 15) + SHORTEST_MATCH);
  }
}

function lengthOf(output: Output, first: number): number {
  let length = first;
  if (first !== 15) return length;
  for (;;) {
    const more = output.next();
    length += more;
    if (more !== 255) return length;
  }
}
