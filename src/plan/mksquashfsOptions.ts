import { LivewrightError } from '../errors.ts';

/** Of MKSQUASHFS_OPTIONS, what says how to compress. */
export interface MksquashfsWishes {
  /** Of `-comp`; undefined: not said. */
  readonly codec?: string;
  /** `-b SIZE` and `-X...` with their values. */
  readonly words: readonly string[];
}

/** How mksquashfs works, which changes nothing of the image. */
const aboutWork =
  /^(?:-(?:no-)?progress|-percentage|-info|-quiet|-noappend|-no-recovery|-no-exit|-(?:processors|mem|mem-percent|throttle|limit|read-queue|write-queue|fragment-queue) \S+) /;
const compressor = /^-comp (gzip|lzma|lzo|lz4|xz|zstd) /;
const blockSize =
  /^(-b) ((?:4|8|16|32|64|128|256|512|1024)[kK]|1[mM]|4096|8192|16384|32768|65536|131072|262144|524288|1048576) /;
const ofCompressor = /^(-X[a-z-]+) (?:(?!-)(\S+) )?/;

/**
 * Reads the environment's MKSQUASHFS_OPTIONS, which live-build hands to mksquashfs behind its own. What chooses files or changes
 * them is refused: the tree has its own places for that.
 */
export function readMksquashfsOptions(text: string): MksquashfsWishes {
  let rest = `${text.trim().replaceAll(/\s+/g, ' ')} `.trimStart();
  let codec: string | undefined;
  const words: string[] = [];
  while (rest !== '') {
    const option = blockSize.exec(rest) ?? ofCompressor.exec(rest);
    const found = option ?? compressor.exec(rest) ?? aboutWork.exec(rest);
    if (found === null) throw notSupported(rest.split(' ')[0] ?? '');
    if (option) words.push(...option.slice(1).filter((word) => word !== undefined));
    else codec = found[1] ?? codec;
    rest = rest.slice(found[0].length);
  }
  return { ...(codec !== undefined && { codec }), words };
}

/** `--chroot-squashfs-compression-type` and what MKSQUASHFS_OPTIONS adds to it. */
export function compressionType(type: string, options: string): string {
  const { codec, words } = readMksquashfsOptions(options);
  if (codec === undefined && words.length === 0) return type;
  const [own = 'xz', ...more] = type.split(/\s+/).filter(Boolean);
  return [codec ?? own, ...(codec === undefined || codec === own ? more : []), ...words].join(' ');
}

function notSupported(word: string): LivewrightError {
  const isChoice = /^-(e|ef|regex|wildcards)$/.test(word);
  return new LivewrightError('NOT_SUPPORTED', {
    message: `MKSQUASHFS_OPTIONS has "${word}", which this version does not act on: it acts on -comp, -b and -X... .`,
    hint: isChoice
      ? 'Name what is to be left out in config/rootfs/excludes, one pattern a line.'
      : 'Leave it out; files are changed by hooks and left out by config/rootfs/excludes.',
    data: { option: 'MKSQUASHFS_OPTIONS' },
  });
}
