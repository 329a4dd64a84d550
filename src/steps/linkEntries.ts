import type { MergedEntry } from '../rootfs/mergedTree.ts';
import type { Attributes, ContentSource, EntryBody, LinkEntry } from '../squashfs/index.ts';

/** Where contents are, by SHA-256. */
export type Holdings = ReadonlyMap<string, ContentSource>;

/** The merged root, as the linker wants it. */
export function* toLinkEntries(entries: readonly MergedEntry[], holdings: Holdings): Generator<LinkEntry> {
  const firstNames = new Map<string, string>();
  for (const entry of entries) {
    const { path, inode } = entry;
    const target = firstNames.get(inode);
    if (target !== undefined) yield { kind: 'hardlink', path, target };
    else yield { ...attributesOf(entry), ...bodyOf(entry, holdings) };
    firstNames.set(inode, target ?? path);
  }
}

function attributesOf({ path, mode, uid, gid, mtimeSeconds, xattrs }: MergedEntry): Attributes {
  const values = Object.entries(xattrs ?? {}).map(([name, hex]) => [name, Buffer.from(hex, 'hex')]);
  return { path, mode, uid, gid, mtimeSeconds, ...(values.length > 0 && { xattrs: Object.fromEntries(values) }) };
}

function bodyOf(entry: MergedEntry, holdings: Holdings): EntryBody {
  const { path, type, content, sizeBytes } = entry;
  switch (type) {
    case 'f':
      return { kind: 'file', content: sizeBytes === 0 ? undefined : contentOf(entry, holdings) };
    case 'd':
      return { kind: 'directory' };
    case 'l':
      return { kind: 'symlink', target: content };
    case 'p':
      return { kind: 'fifo' };
    case 's':
      return { kind: 'socket' };
    case 'c':
    case 'b': {
      const [major = 0, minor = 0] = content.split(':').map(Number);
      return { kind: type === 'c' ? 'character-device' : 'block-device', major, minor };
    }
    case 'w':
      throw new Error(`the merged root has a whiteout at ${path}`);
  }
}

function contentOf({ path, content, sizeBytes }: MergedEntry, holdings: Holdings): ContentSource {
  const held = holdings.get(content);
  if (held === undefined) throw new Error(`no object holds the content of ${path}`);
  return { ...held, sizeBytes };
}
