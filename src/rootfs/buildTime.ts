import { chmod, chown, lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findInLayers, type Layer } from './find.ts';
import { place, placeCopy } from './place.ts';

/** Where the target root shows what the build lends it; never part of an image. */
export const LENT = '/livewright';

export type LentFile =
  | { readonly content: string | Uint8Array; readonly mode?: number }
  /** A big file of the store, with the mode it has there. */
  | { readonly source: string };

/** Absolute path in the target -> file, or `directory` for a mount point. */
export type LentFiles = Readonly<Record<string, LentFile | 'directory'>>;

/** What live-build has at the top of /etc/hosts meanwhile; hooks, which have network, see those of this machine below. */
export const hostsWhileBuilding = '127.0.0.1\tlocalhost localhost.localdomain\n127.0.1.1\tdebian\n';

/**
 * Files that package scripts and hooks need while a root is being built, and that live-build installs and removes
 * again around every step. Here they are an overlay layer of their own: nothing has to be undone.
 */
export const standardLentFiles: LentFiles = {
  // No service may be started while the root is built (invoke-rc.d(8): 101 = action forbidden by policy).
  '/usr/sbin/policy-rc.d': { content: '#!/bin/sh\nexit 101\n', mode: 0o755 },
  // Some old package scripts start daemons without asking policy-rc.d.
  '/usr/sbin/start-stop-daemon': { content: '#!/bin/sh\nexit 0\n', mode: 0o755 },
  // Package scripts write the machine's name into files of the image, whatever /etc/hostname and resolving it give:
  // live-build's answers this to every question, `--fqdn` and `--domain` too.
  '/usr/bin/hostname': { content: '#!/bin/sh\necho localhost.localdomain\n', mode: 0o755 },
  '/etc/hosts': { content: hostsWhileBuilding },
  // The layer counts only once it is published, so syncing every file to disk buys nothing.
  '/etc/dpkg/dpkg.cfg.d/livewright': { content: 'force-unsafe-io\n' },
  // Marks a root that is being built; package scripts and hooks of live-build trees look for it.
  '/.live-build': { content: '' },
};

/** Lent with what only this machine knows: where a layer has a file of its own there, that is no part of it either. */
export const namesOfThisMachine: readonly string[] = ['etc/hosts', 'etc/resolv.conf'];

export interface Lent {
  /** To be the topmost lower layer of the root. */
  readonly layer: string;
  /** To be bound writable at /livewright: programs may litter here, and nothing of it reaches the step's layer. */
  readonly bench: string;
}

/**
 * Writes `files` into new directories below `directory`. Directories get the owner and mode they have in the layers
 * `below` (lowest first), else those that Debian gives them.
 */
export async function writeLentFiles(directory: string, files: LentFiles, below: readonly Layer[] = []): Promise<Lent> {
  const lent = { layer: join(directory, 'layer'), bench: join(directory, 'bench') };
  await mkdir(lent.layer, { recursive: true });
  await mkdir(lent.bench);
  const entries = Object.entries(files);
  const isOnBench = ([path]: readonly [string, unknown]): boolean => path.startsWith(`${LENT}/`);
  for (const [path, file] of [...entries.filter((entry) => !isOnBench(entry)), [LENT, 'directory'] as const]) {
    await makeDirectories(lent.layer, file === 'directory' ? path : dirname(path), below);
    // Linked: programs cannot write to a lower layer.
    if (file !== 'directory') await writeLent(join(lent.layer, path), file, place);
  }
  await makeDirectories(lent.bench, '/', []);
  for (const [path, file] of entries.filter(isOnBench)) {
    const inner = path.slice(LENT.length);
    await makeDirectories(lent.bench, file === 'directory' ? inner : dirname(inner), []);
    if (file !== 'directory') await writeLent(join(lent.bench, inner), file, placeCopy);
  }
  return lent;
}

type Put = (source: string, target: string) => Promise<unknown>;

async function writeLent(target: string, file: LentFile, put: Put): Promise<void> {
  if ('source' in file) {
    await put(file.source, target);
    return;
  }
  await writeFile(target, file.content);
  await chmod(target, file.mode ?? 0o644);
}

/**
 * Overlay shows a merged directory with the owner and mode of its topmost layer, and a step that writes into it copies
 * them up: so they must be right, whatever the umask.
 */
async function makeDirectories(base: string, path: string, below: readonly Layer[]): Promise<void> {
  await mkdir(join(base, path), { recursive: true });
  const parts = path.split('/').filter((part) => part !== '');
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const inner = parts.slice(0, depth).join('/');
    const known = inner === '' ? below.at(-1)?.path : await findInLayers(below, inner);
    if (known !== undefined) await copyOwnerAndMode(known, join(base, inner));
    else await chmod(join(base, inner), inner === 'root' ? 0o700 : 0o755);
  }
}

async function copyOwnerAndMode(from: string, to: string): Promise<void> {
  const { uid, gid, mode } = await lstat(from);
  await chown(to, uid, gid);
  await chmod(to, mode & 0o7777);
}
