import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface MediumFile {
  /** Relative to the medium's root, without a leading slash. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
}

/** Everything below `directory` except itself, sorted by the bytes of the path. */
export async function listMedium(directory: string): Promise<MediumFile[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.map((entry): MediumFile => {
    const kind = entry.isFile()
      ? 'file'
      : entry.isDirectory()
        ? 'directory'
        : entry.isSymbolicLink()
          ? 'link'
          : 'other';
    return { kind, path: join(entry.parentPath, entry.name).slice(directory.length + 1) };
  });
  return files.sort((a, b) => compareBytes(a.path, b.path));
}

/** The order of `sort` in the C locale; UTF-16's own order differs outside the basic plane. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** `.contents`: every path of the medium with a leading slash. */
export async function listContents(directory: string): Promise<string> {
  const files = await listMedium(directory);
  return files.map(({ path }) => `/${path}\n`).join('');
}
