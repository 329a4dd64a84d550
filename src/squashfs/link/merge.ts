import { type Image, withImage } from '../image.ts';
import type { Inode } from '../inode.ts';
import { readId, readXattrs } from '../inodes.ts';
import { type WalkedEntry, walk } from '../walk.ts';
import type { EntryBody, InodeEntry, LinkEntry } from './entries.ts';

/** A name and what it stands for; the same `inode` for all names of a file. */
interface MergedName {
  readonly inode: string;
  readonly entry: InodeEntry;
}

/** The trees of images laid over one another, as entries to link: what a later one has hides what an earlier one has. */
export async function mergeTrees(paths: readonly string[]): Promise<LinkEntry[]> {
  const names = new Map<string, MergedName>();
  for (const [object, path] of paths.entries()) {
    await withImage(path, async (image) => {
      for await (const walked of walk(image)) {
        hide(names, walked);
        names.set(walked.path, { inode: `${object}:${walked.reference}`, entry: await toEntry(image, walked, object) });
      }
    });
  }
  return [...joinNames(names)];
}

/** What was a directory and is none any more takes with it what was in it. */
function hide(names: Map<string, MergedName>, { path, inode }: WalkedEntry): void {
  if (inode.kind === 'directory' || names.get(path)?.entry.kind !== 'directory') return;
  for (const below of [...names.keys()]) if (below.startsWith(`${path}/`)) names.delete(below);
}

function* joinNames(names: ReadonlyMap<string, MergedName>): Generator<LinkEntry> {
  const firstNames = new Map<string, string>();
  for (const [path, { inode, entry }] of names) {
    const target = firstNames.get(inode);
    if (target !== undefined) yield { kind: 'hardlink', path, target };
    else yield entry;
    firstNames.set(inode, target ?? path);
  }
}

async function toEntry(image: Image, { path, inode }: WalkedEntry, object: number): Promise<InodeEntry> {
  const { mode, mtimeSeconds, uidIndex, gidIndex, xattrIndex } = inode;
  const [uid, gid] = [await readId(image, uidIndex), await readId(image, gidIndex)];
  const xattrs = await readXattrs(image, xattrIndex);
  return { ...{ path, mode, mtimeSeconds, uid, gid, xattrs }, ...bodyOf(inode, { object, path }) };
}

function bodyOf(inode: Inode, content: { readonly object: number; readonly path: string }): EntryBody {
  switch (inode.kind) {
    case 'file':
      return { kind: 'file', content };
    case 'symlink':
      return { kind: 'symlink', target: inode.target };
    case 'block-device':
    case 'character-device':
      return { kind: inode.kind, major: inode.major, minor: inode.minor };
    default:
      return { kind: inode.kind };
  }
}
