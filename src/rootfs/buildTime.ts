import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where the target root shows what the build lends it; never part of an image. */
export const LENT = '/livewright';

export interface LentFile {
  readonly content: string | Uint8Array;
  readonly mode?: number;
}

/** Absolute path in the target -> file, or `directory` for a mount point. */
export type LentFiles = Readonly<Record<string, LentFile | 'directory'>>;

/**
 * Files that package scripts and hooks need while a root is being built, and that live-build installs and removes
 * again around every step. Here they are an overlay layer of their own: nothing has to be undone.
 */
export const standardLentFiles: LentFiles = {
  // No service may be started while the root is built (invoke-rc.d(8): 101 = action forbidden by policy).
  '/usr/sbin/policy-rc.d': { content: '#!/bin/sh\nexit 101\n', mode: 0o755 },
  // Some old package scripts start daemons without asking policy-rc.d.
  '/usr/sbin/start-stop-daemon': { content: '#!/bin/sh\nexit 0\n', mode: 0o755 },
  // The layer counts only once it is published, so syncing every file to disk buys nothing.
  '/etc/dpkg/dpkg.cfg.d/livewright': { content: 'force-unsafe-io\n' },
  // Marks a root that is being built; package scripts and hooks of live-build trees look for it.
  '/.live-build': { content: '' },
};

export interface Lent {
  /** To be the topmost lower layer of the root. */
  readonly layer: string;
  /** To be bound writable at /livewright: programs may litter here, and nothing of it reaches the step's layer. */
  readonly bench: string;
}

/** Writes `files` into new directories below `directory`. They get the owner and mode that Debian gives them. */
export async function writeLentFiles(directory: string, files: LentFiles): Promise<Lent> {
  const lent = { layer: join(directory, 'layer'), bench: join(directory, 'bench') };
  await mkdir(lent.layer, { recursive: true });
  await mkdir(lent.bench);
  const isOnBench = (path: string): boolean => path.startsWith(`${LENT}/`);
  const entries = Object.entries(files);
  await writeFiles(lent.layer, [...entries.filter(([path]) => !isOnBench(path)), [LENT, 'directory']]);
  const onBench = entries.filter(([path]) => isOnBench(path));
  await writeFiles(
    lent.bench,
    onBench.map(([path, file]) => [path.slice(LENT.length), file] as const),
  );
  return lent;
}

async function writeFiles(directory: string, files: readonly (readonly [string, LentFile | 'directory'])[]) {
  for (const [path, file] of files) {
    const place = join(directory, path);
    await makeDirectories(directory, file === 'directory' ? path : dirname(path));
    if (file === 'directory') continue;
    await writeFile(place, file.content);
    await chmod(place, file.mode ?? 0o644);
  }
}

/** Overlay shows a merged directory with the mode of its topmost layer, so these must be right whatever the umask. */
async function makeDirectories(base: string, path: string): Promise<void> {
  await mkdir(join(base, path), { recursive: true });
  const parts = path.split('/').filter((part) => part !== '');
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const inner = `/${parts.slice(0, depth).join('/')}`;
    await chmod(join(base, inner), inner === '/root' ? 0o700 : 0o755);
  }
}
