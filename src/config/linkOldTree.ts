import { lstat, mkdir, readdir, rmdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { orIfAbsent, systemErrorCode } from '../errors.ts';
import { listFiles } from './listFiles.ts';
import { type OldDirectory, oldDirectories } from './oldTree.ts';
import type { ConfigWarning } from './settings.ts';

/**
 * Gives what stands in directories of live-build 2 the names that count today, as links beside which the files stay where they are,
 * so that live-build of today reads the tree too. What has a file of that name already is left alone.
 */
export async function linkOldTree(directory: string): Promise<ConfigWarning[]> {
  const warnings: ConfigWarning[] = [];
  for (const old of oldDirectories) {
    const path = `config/${old.path}`;
    const names = await orIfAbsent(readdir(join(directory, path)), []).catch(noDirectory);
    if (names.filter((name) => !name.startsWith('.')).length === 0) continue;
    warnings.push(...(await linkDirectory(directory, old)).map((warning) => ({ ...warning, place: { path } })));
  }
  return warnings;
}

async function linkDirectory(directory: string, old: OldDirectory): Promise<ConfigWarning[]> {
  if (old.advice !== undefined) return [{ message: 'Nothing reads this directory of live-build 2.', hint: old.advice }];
  if (old.whole !== undefined) return linkWhole(directory, old.path, old.whole);
  const linked: string[] = [];
  for (const { name, path } of await listFiles(directory, `config/${old.path}`)) {
    const today = old.rename?.(name);
    if (today !== undefined && (await link(directory, path, `config/${today}`))) linked.push(dirname(today));
  }
  if (linked.length === 0) return [];
  const places = [...new Set(linked)].map((place) => `config/${place}`).join(', ');
  return [{ message: `This directory is of live-build 2; its files are linked into ${places}.` }];
}

async function linkWhole(directory: string, old: string, today: string): Promise<ConfigWarning[]> {
  const target = join(directory, 'config', today);
  // An earlier `lb config` left it, empty.
  await rmdir(target).catch(unlessInUse);
  if (await link(directory, `config/${old}`, `config/${today}`)) {
    return [{ message: `This directory is of live-build 2; config/${today} is now a link to it.` }];
  }
  if ((await lstat(target)).isSymbolicLink()) return [];
  return [
    {
      message: `Nothing reads this directory: config/${today} has files too.`,
      hint: `Move them into config/${today}.`,
    },
  ];
}

/** Whether the link is new. */
async function link(directory: string, from: string, to: string): Promise<boolean> {
  const target = join(directory, to);
  if ((await orIfAbsent(lstat(target), undefined)) !== undefined) return false;
  await mkdir(dirname(target), { recursive: true });
  await symlink(relative(dirname(to), from), target);
  return true;
}

function unlessInUse(error: unknown): void {
  if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) throw error;
}

function noDirectory(error: unknown): never[] {
  if (systemErrorCode(error) === 'ENOTDIR') return [];
  throw error;
}
