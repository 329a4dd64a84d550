import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownLiveBuild } from '../config/ownLiveBuild.ts';
import type { Environment } from './context.ts';

const share = fileURLToPath(new URL('../../share/', import.meta.url));

/**
 * Gives scripts what they look for in live-build's own directory, `${LIVE_BUILD:-/usr/share/live/build}`, which need not be on
 * this machine and is root's: stock hooks, templates of boot loaders, and `data/debian-cd`, to which scripts of derivatives add a link
 * for their suite, as live-build once wanted. It is theirs alone, and gone after them. A LIVE_BUILD of the user's stays,
 * and a live-build that the tree brings along in `local/live-build` is the one, as with live-build.
 */
export async function withLiveBuildDirectory<T>(
  { env, directory: tree }: { readonly env: Environment; readonly directory: string },
  action: (env: Environment) => Promise<T>,
): Promise<T> {
  if (env['LIVE_BUILD']) return action(env);
  const own = join(tree, ownLiveBuild);
  if (existsSync(own)) return action({ ...env, LIVE_BUILD: own });
  const directory = await mkdtemp(join(tmpdir(), 'livewright-live-build-'));
  try {
    await mkdir(join(directory, 'data/debian-cd'), { recursive: true });
    // As an installed live-build has them, and as a checkout has them.
    for (const name of ['hooks', 'bootloaders']) await symlink(join(share, name), join(directory, name));
    await symlink(share, join(directory, 'share'));
    return await action({ ...env, LIVE_BUILD: directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
