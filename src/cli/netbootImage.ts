import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { resolveConfig } from '../config/load.ts';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { stem } from '../plan/outputs.ts';
import { isDirectory } from '../serve/tree.ts';
import type { CommandContext } from './context.ts';

/** In the order of likelihood, as `--compression` has them. */
const extensions = ['', '.gz', '.xz', '.bz2', '.lz'];

/**
 * The netboot image that `lb serve netboot IMAGE` names, else the one that this directory's configuration makes: a tar,
 * or a directory that it was unpacked to, as the build directory itself is with `--net-tarball false`.
 */
export async function findNetboot({ directory, env, positionals }: CommandContext): Promise<string> {
  const named = positionals[1];
  if (named !== undefined) {
    const path = resolve(directory, named);
    if ((await orIfAbsent(stat(path), undefined)) === undefined) throw missing(path);
    return path;
  }
  const { values } = await resolveConfig({ directory, env });
  const tar = join(directory, `${stem(values)}.netboot.tar`);
  for (const extension of values.netTarball ? extensions : []) {
    if ((await orIfAbsent(stat(tar + extension), undefined)) !== undefined) return tar + extension;
  }
  if (await isDirectory(join(directory, 'tftpboot'))) return directory;
  throw missing(tar);
}

function missing(path: string): LivewrightError {
  return new LivewrightError('IMAGE_NOT_FOUND', {
    message: `There is no netboot image ${path}.`,
    hint: 'Run `lb config --binary-images netboot` and `lb build` first, or name a tar, or the directory that one was unpacked to.',
    data: { path },
  });
}
