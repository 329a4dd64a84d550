export interface ObjectOptions {
  /** The directory whose files the object is to hold. */
  readonly source: string;
  readonly output: string;
  /** Compressor and its options as for the final image: `['-comp', 'xz', '-Xbcj', 'x86']`. */
  readonly compression: readonly string[];
  readonly blockSizeBytes: number;
}

/**
 * What to tell mksquashfs so that it makes a good object: tables that are read without decompressing them, and nothing in it
 * but contents and names, so that the same files give the same bytes whoever owns them and whenever they were made. Never
 * `-always-use-fragments`, nor a tar archive as source: mksquashfs 4.5.1 and 4.6.1 then mistake some files for duplicates.
 */
export function objectArguments({ source, output, compression, blockSizeBytes }: ObjectOptions): string[] {
  return [
    ...['mksquashfs', source, output, ...compression, '-b', String(blockSizeBytes)],
    ...['-noI', '-noX', '-noId', '-no-xattrs', '-no-exports', '-all-root', '-mkfs-time', '0', '-all-time', '0'],
    ...['-noappend', '-no-progress', '-quiet', '-action', `uncompressed@${storedNames}`],
  ];
}

/** Ends the name of a file in an object that is to be stored as it is. */
export const STORED = '.stored';

/**
 * A second compressor finds next to nothing in these, and mksquashfs would try every block: kernel modules are half of a small
 * image (figures: docs/squashfs.md).
 */
const storedNames = ['*.xz', '*.zst', `*${STORED}`].map((pattern) => `name(${pattern})`).join('||');
