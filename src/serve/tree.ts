import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';

/** An unpacked netboot image. Paths are absolute. */
export interface NetbootTree {
  /** Boot loaders, their menus, kernel and initramfs. */
  readonly tftpDirectory: string;
  /** What a client mounts: it holds `live/` with the system image. */
  readonly rootDirectory: string;
  /** Its name: `debian-live`. */
  readonly rootName: string;
}

/** Finds the two halves of a netboot image in the directory it was unpacked to. */
export async function findNetbootTree(directory: string, shownAs = directory): Promise<NetbootTree> {
  const tftpDirectory = join(directory, 'tftpboot');
  if (!(await isDirectory(tftpDirectory))) throw notNetboot(shownAs, 'there is no tftpboot/ in it');
  const roots: string[] = [];
  // Besides, a build directory has files.
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name);
    if ((await isDirectory(path)) && (await isDirectory(join(path, 'live')))) roots.push(name);
  }
  // `tftpboot/live` has the kernels.
  const [rootName, ...more] = roots.filter((name) => name !== 'tftpboot');
  if (rootName === undefined) throw notNetboot(shownAs, 'no directory beside tftpboot/ has live/');
  if (more.length > 0) throw notNetboot(shownAs, `several directories have live/: ${[rootName, ...more].join(', ')}`);
  return { tftpDirectory, rootDirectory: join(directory, rootName), rootName };
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await orIfAbsent(stat(path), undefined))?.isDirectory() === true;
}

function notNetboot(path: string, why: string): LivewrightError {
  return new LivewrightError('IMAGE_NOT_FOUND', {
    message: `${path} is not a netboot image: ${why}; expected tftpboot/ and one directory with live/.`,
    hint: '`lb config --binary-images netboot` and `lb build` make one: live-image-ARCH.netboot.tar.',
    data: { path },
  });
}
