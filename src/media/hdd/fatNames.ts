import { LivewrightError } from '../../errors.ts';
import type { PlainTree } from './tree.ts';
import type { FatType } from './types.ts';

/** The size of a file is a 32-bit number. */
const largestFile = 2 ** 32 - 1;

/** Not allowed in long names, or dropped from their end (Microsoft's FAT specification, 7). */
const foreign = /["*:<>?|\\\p{Cc}]|[. ](?=\/|$)/u;

/**
 * Refuses a medium that FAT cannot hold as it is.
 *
 * Files of 4 GiB and more are refused and not split. live-boot mounts each SquashFS of `live/` by itself and lays them
 * over one another (live-boot(7), `module`), so a system image cut in two pieces of bytes is two files that are no file
 * system; what could be split is the live system's tree, into two images with layers of it, and that would be another
 * live system for every other medium of the build as well.
 */
export function checkFatTree({ directories, files }: PlainTree, type: FatType): void {
  const large = files.find(({ sizeBytes }) => sizeBytes > largestFile);
  if (large) throw tooLarge(large.path, large.sizeBytes, type);
  const seen = new Map<string, string>();
  for (const path of [...directories, ...files.map((file) => file.path)]) {
    if (foreign.test(path)) throw wrongName(path, 'has a character that FAT does not allow in a name');
    const twin = seen.get(path.toLowerCase());
    if (twin !== undefined) throw wrongName(path, `differs from "${twin}" only in case, which FAT does not tell apart`);
    seen.set(path.toLowerCase(), path);
  }
}

function tooLarge(path: string, sizeBytes: number, filesystem: FatType): LivewrightError {
  const gib = (sizeBytes / 2 ** 30).toFixed(1);
  return new LivewrightError('NOT_SUPPORTED', {
    message: `"${path}" has ${gib} GiB (${sizeBytes} bytes), and a file on ${filesystem} has less than 4 GiB.`,
    hint: 'Use --binary-filesystem ext4, compress better with --chroot-squashfs-compression-type xz, or leave something out.',
    data: { path, sizeBytes, filesystem },
  });
}

function wrongName(path: string, reason: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: `"${path}" of the medium ${reason}.`,
    hint: 'Rename it (in config/includes.binary or a binary hook), or use --binary-filesystem ext4.',
    data: { path },
  });
}
