import type { Image } from './image.ts';
import { type Inode, parseInode } from './inode.ts';
import { parseReference } from './metadataBlock.ts';
import { MetadataReader } from './metadataReader.ts';
import { refuse } from './refuse.ts';
import { parseXattrEntry, parseXattrValue } from './xattr.ts';
import { parseXattrSet } from './xattrTable.ts';

/** The inode at `reference` of the inode table. */
export async function readInode(image: Image, reference: number): Promise<Inode> {
  const source = new MetadataReader(image.blocks, image.inodes, parseReference(reference));
  const { origin } = source;
  const inode = await parseInode(source, image.superblock.blockSizeBytes);
  if (inode.number === 0 || inode.number > image.superblock.inodeCount) {
    throw refuse(origin, `inode number ${inode.number} is not between 1 and ${image.superblock.inodeCount}`);
  }
  return inode;
}

/** The user or group id at a place of the id table. */
export async function readId(image: Image, index: number): Promise<number> {
  if (index >= image.ids.count) {
    throw refuse({ offset: image.superblock.idTable }, `there is no id ${index} among ${image.ids.count}`);
  }
  return (await image.ids.read(index)).u32();
}

export type XattrValues = Readonly<Record<string, Buffer>>;

/** No inode has more: names and values of one file are limited to 64 KiB for listing. */
const MOST_XATTRS = 65_536;

/** The extended attributes with the number `index`, sorted by name. */
export async function readXattrs(image: Image, index: number | undefined): Promise<XattrValues> {
  if (index === undefined) return {};
  const { xattrs, superblock } = image;
  if (xattrs === undefined || index >= xattrs.sets.count) {
    throw refuse({ offset: superblock.xattrTable ?? 56 }, `there is no set ${index} of xattrs`);
  }
  const set = parseXattrSet(await xattrs.sets.read(index));
  const source = new MetadataReader(image.blocks, xattrs.store, parseReference(set.reference));
  if (set.count > MOST_XATTRS) throw refuse(source.origin, `${set.count} xattrs of one file are too many`);
  const found: [string, Buffer][] = [];
  for (let count = 0; count < set.count; count++) {
    const { name, value } = await parseXattrEntry(source);
    found.push([name, typeof value === 'number' ? await readElsewhere(image, value) : value]);
  }
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function readElsewhere({ blocks, xattrs }: Image, reference: number): Promise<Buffer> {
  return parseXattrValue(new MetadataReader(blocks, xattrs!.store, parseReference(reference)));
}
