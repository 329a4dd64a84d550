import type { DecodeLimits } from './decoder.ts';
import { Output } from './output.ts';

/** Literals that the last instruction copied, four standing for "four or more": it decides what codes below 16 mean. */
type Literals = number;

/**
 * LZO1X stream (Linux, Documentation/staging/lzo.rst). Instructions by their first byte; S literals follow each match:
 *
 *     0000LLLL           after a match without literals: a run of 3 + L literals
 *     0000DDSS H         after 1 to 3 literals: 2 bytes from (H << 2) + D + 1 back; after more: 3 bytes from 2048 further
 *     0001HLLL D:14 S:2  2 + L bytes from 16384 + (H << 14) + D back; at exactly 16384 the stream ends
 *     001LLLLL D:14 S:2  2 + L bytes from D + 1 back
 *     01LDDDSS H         3 + L bytes from (H << 3) + D + 1 back
 *     1LLDDDSS H         5 + L bytes from (H << 3) + D + 1 back
 *
 * A length L of 0 goes on: 255 for each zero byte, then the first other byte, and the largest L.
 */
export function decodeLzo(stored: Buffer, { outputBytes }: DecodeLimits): Buffer {
  const output = new Output(stored, outputBytes);
  let literals: Literals = 0;
  let code = output.next();
  if (code > 17) {
    literals = Math.min(4, code - 17);
    output.copyLiterals(code - 17);
    code = output.next();
  }
  for (;;) {
    const after = code < 16 && literals === 0 ? copyRun(output, code) : copyMatch(output, code, literals);
    if (after === undefined) return output.toBuffer();
    literals = after;
    code = output.next();
  }
}

function copyRun(output: Output, code: number): Literals {
  output.copyLiterals(3 + lengthOf(output, code, 15));
  return 4;
}

/** The literals behind the match; undefined at the end of the stream. */
function copyMatch(output: Output, code: number, literals: Literals): Literals | undefined {
  if (code >= 16 && code < 64) return copyFar(output, code);
  const [high, low] = [output.next(), code >> 2];
  if (code < 16) {
    const isNear = literals < 4;
    output.copyMatch((high << 2) + low + (isNear ? 1 : 2049), isNear ? 2 : 3);
  } else {
    const length = code < 128 ? 3 + ((code >> 5) & 1) : 5 + ((code >> 5) & 3);
    output.copyMatch((high << 3) + (low & 7) + 1, length);
  }
  return copyTrailing(output, code & 3);
}

function copyFar(output: Output, code: number): Literals | undefined {
  const isNear = code >= 32;
  const length = 2 + (isNear ? lengthOf(output, code & 31, 31) : lengthOf(output, code & 7, 7));
  const field = output.next() | (output.next() << 8);
  if (isNear) {
    output.copyMatch((field >> 2) + 1, length);
  } else {
    const distance = 16_384 + ((code & 8) << 11) + (field >> 2);
    if (distance === 16_384) return undefined;
    output.copyMatch(distance, length);
  }
  return copyTrailing(output, field & 3);
}

function copyTrailing(output: Output, count: number): Literals {
  output.copyLiterals(count);
  return count;
}

function lengthOf(output: Output, field: number, largest: number): number {
  if (field !== 0) return field;
  for (let length = largest; ; length += 255) {
    const more = output.next();
    if (more !== 0) return length + more;
  }
}
