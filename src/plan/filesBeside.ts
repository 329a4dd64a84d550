import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../config/digestFile.ts';
import { digestTree } from '../config/digestTree.ts';
import { orIfAbsent } from '../errors.ts';
import type { UserDirectory } from '../steps/medium.ts';

/** What hooks have anyway, and what builds leave behind: those of an earlier build would be stale, and are not for this one. */
const ours = new Set(['binary', 'chroot', 'config', 'tftpboot', 'cache', 'source', 'build.log']);
const isProduct = (name: string, stem: string): boolean =>
  ours.has(name) || name.startsWith(stem) || /^(chroot|binary)\.\w/.test(name);

/**
 * The files and directories of the build directory that a binary hook names as `../NAME`, and `local` where it has
 * programs: live-build runs these hooks in the build directory itself, so they may read what lies there.
 */
export async function filesBeside(
  directory: string,
  hookPath: string,
  stem: string,
): Promise<(UserDirectory & { readonly name: string })[]> {
  const script = await readFile(hookPath, 'latin1');
  const names = [...script.matchAll(/\.\.\/([\w][\w.+-]*)/g)].flatMap(([, name]) => name ?? []);
  const programs = await orIfAbsent(readdir(join(directory, 'local/bin')), []);
  if (programs.length > 0) names.push('local');
  const found = [...new Set(names)].sort().filter((name) => !isProduct(name, stem));
  const files = found.map(async (name) => {
    const path = join(directory, name);
    const stats = await orIfAbsent(stat(path), undefined);
    if (stats === undefined) return [];
    const digest = stats.isDirectory() ? async () => (await digestTree(path)).digest : () => hashFile(path);
    return [{ name, path, digest }];
  });
  return (await Promise.all(files)).flat();
}
