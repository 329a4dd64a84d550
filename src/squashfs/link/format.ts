import type { Codec } from '../codec.ts';
import type { CompressorOptions } from '../compressorOptions.ts';
import type { ObjectIndex } from './object.ts';
import { refuseLink } from './refuseLink.ts';

/** What blocks copied from different objects must have in common. */
export interface LinkFormat {
  readonly codec: Codec;
  readonly blockSizeBytes: number;
  readonly compressorOptions: CompressorOptions | undefined;
}

/** The format of the final image: that of the objects, or `wanted` where there are none. */
export function commonFormat(
  objects: readonly ObjectIndex[],
  wanted: { readonly codec: Codec; readonly blockSizeBytes: number },
): LinkFormat {
  for (const { path, superblock } of objects) {
    if (superblock.codec === wanted.codec && superblock.blockSizeBytes === wanted.blockSizeBytes) continue;
    throw refuseLink(
      `The object ${path} has ${superblock.codec} blocks of ${superblock.blockSizeBytes} bytes, not ${wanted.codec} of ${wanted.blockSizeBytes}.`,
      { path, codec: superblock.codec, blockSizeBytes: superblock.blockSizeBytes },
    );
  }
  return { ...wanted, compressorOptions: mergeOptions(objects, wanted.blockSizeBytes) };
}

/**
 * Decoders look at nothing but xz's dictionary: the largest counts. Levels and strategies tell only how an object was made;
 * those of the first object that has any are kept.
 */
function mergeOptions(objects: readonly ObjectIndex[], blockSizeBytes: number): CompressorOptions | undefined {
  const all = objects.map(({ compressorOptions }) => compressorOptions);
  const given = all.filter((options) => options !== undefined);
  const first = given[0];
  if (first?.codec !== 'xz') return first;
  const xz = given.filter((options) => options.codec === 'xz');
  const implied = given.length < all.length ? blockSizeBytes : 0;
  return {
    codec: 'xz',
    dictionaryBytes: Math.max(implied, ...xz.map(({ dictionaryBytes }) => dictionaryBytes)),
    filters: xz.reduce((filters, options) => filters | options.filters, 0),
  };
}
