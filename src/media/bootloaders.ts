import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Our own menus and pictures, laid out as a user's `config/bootloaders`. */
export const stockBootloaders = fileURLToPath(new URL('../../share/bootloaders/', import.meta.url));

/** Applies `fill` to every `*.cfg` directly in `directory`: live-build leaves those in sub-directories as they are. */
export async function fillTemplates(directory: string, fill: (text: string) => string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.cfg'));
  for (const name of names) {
    const path = join(directory, name);
    const text = await readFile(path, 'utf8');
    const filled = fill(text);
    if (filled !== text) await writeFile(path, filled);
  }
}
