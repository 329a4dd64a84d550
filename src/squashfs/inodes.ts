import type { Image } from './image.ts';
import { type Inode, parseInode } from './inode.ts';
import { parseReference } from './metadataBlock.ts';
import { MetadataReader } from './metadataReader.ts';
import { refuse } from './refuse.ts';
import type { XattrValues } from './xattrReader.ts';

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

/** The extended attributes with the number `index`, sorted by name; none without a number. */
export async function readXattrs({ xattrs, superblock }: Image, index: number | undefined): Promise<XattrValues> {
  if (index === undefined) return {};
  if (xattrs === undefined)
    throw refuse({ offset: superblock.inodeTable }, 'an inode has xattrs, and the image has none');
  return xattrs.read(index);
}
