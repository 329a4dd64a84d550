import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';

/** Files to copy: into the system before or after its packages, onto the medium, into the installer. */
export type IncludeKind = 'chroot-before' | 'chroot-after' | 'binary' | 'installer';

export interface Includes {
  readonly kind: IncludeKind;
  /** Relative to the build directory. */
  readonly path: string;
}

const directories: readonly (readonly [path: string, kind: IncludeKind])[] = [
  ['config/includes.chroot_before_packages', 'chroot-before'],
  ['config/includes.chroot_after_packages', 'chroot-after'],
  // The name that the one above had; trees use it still, and it means the same.
  ['config/includes.chroot', 'chroot-after'],
  ['config/includes.binary', 'binary'],
  ['config/includes.installer', 'installer'],
];

/**
 * The include directories that hold anything, at most one of each kind. Those for the system count as empty where all in them is
 * hidden (`.gitkeep`), as with live-build, which copies hidden files only beside others. Throws CONFIG_VALUE if both names of
 * `chroot-after` are in use.
 */
export async function findIncludes(directory: string): Promise<Includes[]> {
  const found: Includes[] = [];
  for (const [path, kind] of directories) {
    const names = await orIfAbsent(readdir(join(directory, path)), []);
    const isForSystem = kind === 'chroot-before' || kind === 'chroot-after';
    if (names.some((name) => !isForSystem || !name.startsWith('.'))) found.push({ kind, path });
  }
  const after = found.filter(({ kind }) => kind === 'chroot-after');
  if (after.length < 2) return found;
  throw new LivewrightError('CONFIG_VALUE', {
    message: 'includes.chroot and includes.chroot_after_packages are two names of one directory, and both hold files.',
    hint: 'Move the files of includes.chroot into includes.chroot_after_packages.',
    place: { path: 'config/includes.chroot' },
  });
}
