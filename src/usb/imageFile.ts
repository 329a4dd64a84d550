import { type FileHandle, open } from 'node:fs/promises';
import { checkImage, type ImageTable, TABLE_HEAD_BYTES } from './imageTable.ts';
import { readFully } from './rawFile.ts';

/** An image as it was found: what can be known before anything is written. */
export interface ImageFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly epochSeconds: number;
  readonly table: ImageTable;
}

/** Throws IMAGE_DAMAGED for what is no image, or not all of one. */
export async function readImage(path: string): Promise<ImageFile> {
  return withImage(path, async (handle) => {
    const { size: sizeBytes, mtimeMs } = await handle.stat();
    const head = Buffer.alloc(TABLE_HEAD_BYTES);
    await readFully(handle, head, 0);
    const table = checkImage(head, { path, sizeBytes });
    return { path, sizeBytes, mtimeMs, epochSeconds: Math.floor(mtimeMs / 1000), table };
  });
}

/** Opens an image for reading for the time of `use`. */
export async function withImage<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}
