import type { Reader, Writer } from './bytes.ts';
import type { Codec } from './codec.ts';
import { refuse } from './refuse.ts';

/**
 * Compressor options: one uncompressed metadata block behind the superblock (squashfs-tools, *_wrapper.h).
 *
 *     gzip  level u32, window u16, strategies u16      xz    dictionary bytes u32, filters u32 (bit 0: x86, ...)
 *     lzo   algorithm u32, level u32                   lz4   version 1 u32, flags u32 (bit 0: high compression)
 *     zstd  level u32
 *
 * Only xz's dictionary matters for reading: the kernel's decoder refuses streams that want a larger one.
 */
export type CompressorOptions =
  | { readonly codec: 'gzip'; readonly level: number; readonly window: number; readonly strategies: number }
  | { readonly codec: 'xz'; readonly dictionaryBytes: number; readonly filters: number }
  | { readonly codec: 'lzo'; readonly algorithm: number; readonly level: number }
  | { readonly codec: 'lz4'; readonly version: number; readonly flags: number }
  | { readonly codec: 'zstd'; readonly level: number };

export function parseCompressorOptions(reader: Reader, codec: Codec): CompressorOptions {
  switch (codec) {
    case 'gzip':
      return { codec, level: reader.u32(), window: reader.u16(), strategies: reader.u16() };
    case 'xz':
      return { codec, dictionaryBytes: reader.u32(), filters: reader.u32() };
    case 'lzo':
      return { codec, algorithm: reader.u32(), level: reader.u32() };
    case 'lz4':
      return { codec, version: reader.u32(), flags: reader.u32() };
    case 'zstd':
      return { codec, level: reader.u32() };
    case 'lzma':
      throw refuse(reader.origin, 'there are options for lzma, which has none');
  }
}

export function writeCompressorOptions(writer: Writer, options: CompressorOptions): void {
  switch (options.codec) {
    case 'gzip':
      writer.u32(options.level).u16(options.window).u16(options.strategies);
      break;
    case 'xz':
      writer.u32(options.dictionaryBytes).u32(options.filters);
      break;
    case 'lzo':
      writer.u32(options.algorithm).u32(options.level);
      break;
    case 'lz4':
      writer.u32(options.version).u32(options.flags);
      break;
    case 'zstd':
      writer.u32(options.level);
  }
}
