import { inflateSync } from 'node:zlib';
import type { DecodeLimits } from './decoder.ts';

/** What SquashFS calls gzip is a zlib stream (RFC 1950). */
export function decodeGzip(stored: Buffer, { outputBytes }: DecodeLimits): Buffer {
  return inflateSync(stored, { maxOutputLength: outputBytes });
}
