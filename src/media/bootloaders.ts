import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { orIfAbsent } from '../errors.ts';

/** Our own menus and pictures, laid out as a user's `config/bootloaders`. */
export const stockBootloaders = fileURLToPath(new URL('../../share/bootloaders/', import.meta.url));

/** Applies `fill` to every `*.cfg` directly in `directory`: live-build leaves those in sub-directories as they are. */
export async function fillTemplates(directory: string, fill: (text: string) => string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  // `pxelinux.cfg` is a directory.
  for (const { name } of entries.filter((entry) => entry.isFile() && entry.name.endsWith('.cfg'))) {
    await fillTemplate(join(directory, name), fill);
  }
}

/** Applies `fill` to one file; absent is well. */
export async function fillTemplate(path: string, fill: (text: string) => string): Promise<void> {
  const text = await orIfAbsent(readFile(path, 'utf8'), '');
  const filled = fill(text);
  if (filled !== text) await writeFile(path, filled);
}
