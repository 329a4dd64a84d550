import { copyFile, mkdir, readdir, readlink, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { orIfAbsent, systemErrorCode } from '../errors.ts';

/**
 * Copies the files of `source` over those of `target`, sub-directories merged. Symbolic links become what they point to;
 * absolute ones are looked up in the tools tree (users link /usr/lib/syslinux/...), and dangling ones are left out, as
 * live-build does. Hidden files at the top are left out too. A `source` that does not exist changes nothing.
 */
export async function overlayFiles(source: string, target: string, toolsTree: string): Promise<void> {
  const entries = await orIfAbsent(readdir(source), []);
  for (const name of entries.filter((entry) => !entry.startsWith('.')).sort()) {
    await overlayEntry(join(source, name), join(target, name), toolsTree);
  }
}

async function overlayEntry(source: string, target: string, toolsTree: string): Promise<void> {
  const real = await followLinks(source, toolsTree);
  if (real === undefined) return;
  if ((await stat(real)).isDirectory()) return overlayFiles(real, target, toolsTree);
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await copyFile(real, target);
}

/** The file or directory behind a chain of links, or undefined where it leads nowhere. */
async function followLinks(path: string, toolsTree: string): Promise<string | undefined> {
  let current = path;
  for (let hop = 0; hop < 16; hop += 1) {
    const next = await linkTarget(current);
    if (next === undefined) return (await exists(current)) ? current : undefined;
    current = isAbsolute(next) ? join(toolsTree, next) : resolve(dirname(current), next);
  }
  return undefined;
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    // EINVAL: there is something, and it is not a link.
    if (['EINVAL', 'ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await orIfAbsent(stat(path), undefined)) !== undefined;
}
