import { existsSync, lstatSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../../errors.ts';
import { readImageNames } from '../clean/imageNames.ts';
import { refuseMounts } from '../clean/mounts.ts';
import { removePath } from '../clean/remove.ts';
import { findTargets, selectParts } from '../clean/targets.ts';
import type { CommandContext } from '../context.ts';
import { formatSize, plural } from '../reporters/format.ts';

/** `lb clean`: removes what builds left in the build directory; `--purge` also what only it uses in the store. */
export async function run(context: CommandContext): Promise<number> {
  const { directory, options, events } = context;
  refuseConfigDirectory(directory);
  if (options['purge'] !== undefined || hasForeignRoot(directory)) {
    const entered = await enterNamespace(context);
    if (entered !== undefined) return entered;
  }
  if (isBuildDirectory(directory)) {
    const removed = await clean(directory, Object.keys(options));
    if (removed.length > 0) events.emit({ type: 'note', message: describeRemoved(removed) });
  } else {
    events.emit({ type: 'warning', message: 'This is no build directory, so nothing in it is removed.' });
  }
  if (options['purge'] !== undefined) await purge(context);
  return 0;
}

/** Someone who stands in config/ by mistake would lose config/binary and the like, which are option files. */
function refuseConfigDirectory(directory: string): void {
  if (basename(directory) !== 'config' || existsSync(join(directory, 'config'))) return;
  throw new LivewrightError('USAGE', {
    message: `"${directory}" is a config directory, not a build directory.`,
    hint: 'Run "lb clean" in the directory above it.',
  });
}

/** What `lb chroot --extract` left for an ordinary user has files of subordinate ids, as the store has. */
function hasForeignRoot(directory: string): boolean {
  if (process.getuid?.() === 0 || !existsSync(join(directory, 'chroot/etc/shadow'))) return false;
  return lstatSync(join(directory, 'chroot/etc/shadow')).gid !== process.getgid?.();
}

function isBuildDirectory(directory: string): boolean {
  return ['config', 'auto', '.build'].some((name) => existsSync(join(directory, name)));
}

async function clean(directory: string, flags: readonly string[]): Promise<readonly string[]> {
  const parts = selectParts(flags);
  const list = (...path: string[]) => orIfAbsent(readdir(join(directory, ...path)), []);
  const listing = { top: await list(), stages: await list('.build'), cache: await list('cache') };
  const targets = findTargets(listing, parts, await readImageNames(directory));
  await refuseMounts(targets.map((path) => join(directory, path)));
  for (const path of targets) await removePath(join(directory, path));
  const isAll = ['stage', 'chroot', 'binary', 'source'].every((part) => parts.has(part as 'stage'));
  if (isAll) for (const path of ['auto', 'local/bin', 'local']) await removeIfEmpty(join(directory, path));
  return targets;
}

async function removeIfEmpty(path: string): Promise<void> {
  // Not empty, not there, a link or not ours: it stays, and that is no failure.
  await rmdir(path).catch(() => {});
}

function describeRemoved(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return `Removed ${shown}${more}.`;
}

/** An ordinary user's store has files of subordinate ids, which only root of the user namespace may remove. */
async function enterNamespace(context: CommandContext): Promise<number | undefined> {
  const { defaultStoreDirectory } = await import('../../store/layout.ts');
  if (!existsSync(join(defaultStoreDirectory(context.env), 'trees'))) return undefined;
  const { buildTools, withRootPowers } = await import('../namespace.ts');
  return withRootPowers(context, await buildTools(context));
}

async function purge({ directory, env, events }: CommandContext): Promise<void> {
  const [{ openStore }, { defaultStoreDirectory }] = await Promise.all([
    import('../../store/local.ts'),
    import('../../store/layout.ts'),
  ]);
  const warn = (message: string) => events.emit({ type: 'warning', message });
  const onWait = () => events.emit({ type: 'note', message: 'Waiting for another lb that uses the store to end.' });
  const store = await openStore(defaultStoreDirectory(env), { warn, onWait });
  const { actions, bytes } = await store.purge(directory);
  await store.close();
  const freed =
    actions === 0
      ? 'Nothing in the store was used by this directory alone.'
      : `Freed ${formatSize(bytes)}, ${plural(actions, 'result')}, in the store.`;
  events.emit({ type: 'note', message: freed });
}
