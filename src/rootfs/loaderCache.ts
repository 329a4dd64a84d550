import { dirname } from 'node:path';

/** Libraries by the name that programs ask for, each with all that says which file that is. */
export type LoaderCache = ReadonlyMap<string, readonly string[]>;

const MAGIC = 'glibc-ld.so.cache1.1';
const HEADER_BYTES = 48;
const ENTRY_BYTES = 24;

/**
 * Reads /etc/ld.so.cache (glibc, sysdeps/generic/dl-cache.h: struct cache_file_new). Undefined for what is not so simple: other forms,
 * libraries for some processors only.
 *
 *     "glibc-ld.so.cache" "1.1", entries u32, bytes of strings u32, flags u8, pad, extensions u32, pad
 *     each entry: flags i32, name u32, path u32, (none) u32, hwcap u64            positions are in the whole file
 */
export function readLoaderCache(bytes: Buffer): LoaderCache | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const count = bytes.readUInt32LE(MAGIC.length);
  if (HEADER_BYTES + count * ENTRY_BYTES > bytes.length) return undefined;
  const libraries = new Map<string, string[]>();
  for (let at = HEADER_BYTES; at < HEADER_BYTES + count * ENTRY_BYTES; at += ENTRY_BYTES) {
    const [name, path] = [stringAt(bytes, bytes.readUInt32LE(at + 4)), stringAt(bytes, bytes.readUInt32LE(at + 8))];
    if (name === undefined || path === undefined || bytes.readBigUInt64LE(at + 16) !== 0n) return undefined;
    const library = `${bytes.readInt32LE(at)} ${path}`;
    libraries.set(name, [...(libraries.get(name) ?? []), library]);
  }
  return libraries;
}

function stringAt(bytes: Buffer, at: number): string | undefined {
  const end = bytes.indexOf(0, at);
  return end === -1 ? undefined : bytes.toString('latin1', at, end);
}

/** Where the loader looks by itself for what is not in the cache (ld.so(8)), as Debian builds it. */
const isUsualPlace = (directory: string): boolean => /^(\/usr)?\/lib(64)?(\/[a-z0-9_]+-linux-gnu\w*)?$/.test(directory);

/**
 * Whether programs that found their libraries by `before` would find the same by `after`. New names may have come, if they are where
 * the loader would have looked too: then it has, in vain, and that look is noted by itself.
 */
export function loadsAlike(before: LoaderCache, after: LoaderCache): boolean {
  for (const [name, libraries] of before) {
    if (JSON.stringify(after.get(name)) !== JSON.stringify(libraries)) return false;
  }
  const added = [...after].filter(([name]) => !before.has(name)).flatMap(([, libraries]) => libraries);
  return added.every((library) => isUsualPlace(dirname(library.slice(library.indexOf(' ') + 1))));
}
