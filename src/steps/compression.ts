import { type Codec, codecIds } from '../squashfs/index.ts';

/** How a system image is compressed. */
export type Compression = {
  readonly codec: Codec;
  /** For mksquashfs: `['-comp', 'xz', '-Xbcj', 'x86']`. */
  readonly words: readonly string[];
  readonly blockSizeBytes: number;
};

export interface CompressionWishes {
  /** A compressor, and perhaps more options for mksquashfs, as real trees have it (`xz -Xbcj x86 -b 1M`); empty: xz. */
  readonly type: string;
  /** -Xcompression-level; undefined: the codec's own default. */
  readonly level: number | undefined;
}

/** mksquashfs's own. */
const DEFAULT_BLOCK_BYTES = 128 << 10;

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 1 << 10, M: 1 << 20 };

/** `-b SIZE` is taken out of the words, as the linker must know it too. */
export function readCompression({ type, level }: CompressionWishes): Compression {
  const [codec = 'xz', ...words] = type.split(/\s+/).filter((word) => word !== '');
  if (!(codec in codecIds)) throw new Error(`"${codec}" is no compressor of SquashFS`);
  const at = words.lastIndexOf('-b');
  const blockSizeBytes = at < 0 ? DEFAULT_BLOCK_BYTES : readSize(words[at + 1] ?? '');
  const others = words.filter((word, i) => word !== '-b' && words[i - 1] !== '-b');
  const levelWords = level === undefined ? [] : ['-Xcompression-level', String(level)];
  return { codec: codec as Codec, words: ['-comp', codec, ...others, ...levelWords], blockSizeBytes };
}

function readSize(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([KM]?)$/i.exec(text) ?? [];
  return Number(digits) * (unitBytes[unit.toUpperCase()] ?? 1);
}
