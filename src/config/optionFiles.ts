import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { LivewrightError, orIfAbsent, systemErrorCode } from '../errors.ts';
import { type FileSettings, type OptionFileText, readSettings } from './settings.ts';

/** Read in this order, later ones win. `all` is the user's own; live-build writes the others. */
export const configFiles = ['all', 'common', 'bootstrap', 'chroot', 'binary', 'source'].map((name) => `config/${name}`);

export const systemFiles = ['/etc/live/build.conf', '/etc/live/build/*'];

export interface ReadFilesRequest {
  readonly directory: string;
  /** Relative to the directory, or absolute; a last part of `*` means every file there, in order of names. */
  readonly paths: readonly string[];
  readonly kind: OptionFileText['kind'];
  readonly lookup: OptionFileText['lookup'];
}

/** What the files say, one entry for each that exists. Directories are left out, as live-build does. */
export async function readOptionFiles({ directory, paths, kind, lookup }: ReadFilesRequest): Promise<FileSettings[]> {
  const files: FileSettings[] = [];
  const found = await Promise.all(paths.map((path) => expandPath(directory, path)));
  for (const path of found.flat()) {
    const text = await readText(isAbsolute(path) ? path : join(directory, path), path);
    if (text === undefined) continue;
    // A file sees what the files before it have set, as when sh reads one after the other.
    const seen = (name: string) => files.findLast((file) => file.variables.has(name))?.variables.get(name);
    files.push(readSettings({ path, text, kind, lookup: (name) => seen(name) ?? lookup(name) }));
  }
  return files;
}

async function expandPath(directory: string, path: string): Promise<string[]> {
  if (basename(path) !== '*') return [path];
  const parent = dirname(path);
  const names = await orIfAbsent(readdir(isAbsolute(parent) ? parent : join(directory, parent)), []);
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(parent, name));
}

async function readText(path: string, shownPath: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw new LivewrightError('CONFIG_MISSING', {
      message: `The option file cannot be read (${code ?? String(error)}).`,
      hint: 'Check its permissions.',
      place: { path: shownPath },
      cause: error,
    });
  }
}
