import type { ContentSource } from './entries.ts';
import type { HeldInode, ObjectIndex } from './object.ts';
import { refuseLink } from './refuseLink.ts';
import type { LinkInode, LinkTree } from './tree.ts';

/** A file as an object holds it. */
export interface HeldFile {
  readonly object: number;
  readonly inode: HeldInode;
}

export interface Contents {
  /** What holds the content of each file of the tree that is not empty. */
  readonly chosen: ReadonlyMap<LinkInode, HeldFile>;
  /** Everything in the objects that is content of the tree, chosen or the same as what was chosen. */
  readonly live: readonly HeldFile[];
}

/** Decides for each file of the tree from which object its content comes; of equal ones the first object's is taken. */
export function chooseContents(tree: LinkTree, objects: readonly ObjectIndex[]): Contents {
  const claims = new Map<LinkInode, HeldFile>();
  const firstOfDigest = new Map<string, HeldFile>();
  for (const inode of tree.inodes) {
    const { entry } = inode;
    if (entry.kind !== 'file' || entry.content === undefined) continue;
    const held = find(entry.content, objects, entry.path);
    claims.set(inode, held);
    const { digest } = entry.content;
    if (digest === undefined) continue;
    const first = firstOfDigest.get(digest);
    if (first === undefined || held.object < first.object) firstOfDigest.set(digest, held);
  }
  const chosen = [...claims].map(([inode, held]): [LinkInode, HeldFile] => {
    const digest = inode.entry.kind === 'file' ? inode.entry.content?.digest : undefined;
    return [inode, (digest === undefined ? undefined : firstOfDigest.get(digest)) ?? held];
  });
  return { chosen: new Map(chosen), live: [...claims.values()] };
}

function find(source: ContentSource, objects: readonly ObjectIndex[], path: string): HeldFile {
  const { object, sizeBytes } = source;
  const inode = objects[object]?.files.get(source.path);
  if (inode === undefined) {
    const where = objects[object]?.path ?? `number ${object}`;
    throw refuseLink(
      `The content of "${path}" should be "${source.path}" of the object ${where}, which has no such file.`,
      {
        path,
        source,
      },
    );
  }
  if (sizeBytes === undefined || sizeBytes === inode.sizeBytes) return { object, inode };
  throw refuseLink(`"${path}" should have ${sizeBytes} bytes, and the object has ${inode.sizeBytes}.`, {
    path,
    source,
  });
}
