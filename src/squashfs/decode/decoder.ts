import { LivewrightError } from '../../errors.ts';
import type { Codec } from '../codec.ts';
import { decodeGzip } from './gzip.ts';
import { decodeLz4 } from './lz4.ts';
import { decodeLzo } from './lzo.ts';
import { decodeXz } from './xz.ts';
import { decodeZstd } from './zstd.ts';

export interface DecodeLimits {
  /** What comes out is never more; a block that holds more is damaged. */
  readonly outputBytes: number;
  /** How far back a stream may refer (xz, zstd), as the kernel allows it. */
  readonly windowBytes: number;
}

/** Decompresses one block. Throws a plain Error saying what is wrong with it. */
export type Decode = (stored: Buffer, limits: DecodeLimits) => Buffer | Promise<Buffer>;

const decoders: Readonly<Partial<Record<Codec, Decode>>> = {
  gzip: decodeGzip,
  lz4: decodeLz4,
  lzo: decodeLzo,
  xz: decodeXz,
  zstd: decodeZstd,
};

export function decoderOf(codec: Codec): Decode {
  const decode = decoders[codec];
  if (decode !== undefined) return decode;
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `SquashFS images compressed with ${codec} cannot be read.`,
    hint: `Make the image with one of: ${Object.keys(decoders).join(', ')}.`,
    data: { codec },
  });
}
