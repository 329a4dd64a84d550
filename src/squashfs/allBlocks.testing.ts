import { readFragment } from './content.ts';
import { storedBytesOf } from './dataBlock.ts';
import type { Image } from './image.ts';
import { walk } from './walk.ts';

/** Every block of the image, decompressed. */
export async function* readAllBlocks(image: Image): AsyncGenerator<Buffer> {
  for await (const { inode } of walk(image)) {
    if (inode.kind !== 'file') continue;
    let start = inode.blocksStart;
    for (const size of inode.blocks) {
      if (size !== 0) yield image.blocks.data(start, size);
      start += storedBytesOf(size);
    }
  }
  for (let index = 0; index < image.fragments.count; index++) {
    const { start, size } = await readFragment(image, index);
    yield image.blocks.data(start, size);
  }
  for (const { start, end } of [image.inodes, image.directories]) {
    for (let block = start; block < end; ) {
      const { content, next } = await image.blocks.metadata(block, end);
      yield content;
      block = next;
    }
  }
}
