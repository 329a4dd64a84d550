import { execFile } from 'node:child_process';
import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A copy of a live ISO without its system image: live-boot must say that it finds no medium. Needs xorriso. */
export async function makeImageWithoutSystem(image: string, directory: string): Promise<string> {
  const broken = join(directory, 'no-system.iso');
  const dialogue = ['-indev', image, '-outdev', broken, '-boot_image', 'any', 'replay'];
  await run('xorriso', [...dialogue, '-rm', '/live/filesystem.squashfs', '--']);
  return broken;
}

/** The first megabytes of an image: the boot loader starts and cannot read on. */
export async function makeTruncatedImage(image: string, directory: string): Promise<string> {
  const broken = join(directory, 'truncated.iso');
  const source = await open(image);
  try {
    const bytes = Buffer.alloc(2 << 20);
    await source.read(bytes, 0, bytes.length, 0);
    await writeFile(broken, bytes);
  } finally {
    await source.close();
  }
  return broken;
}

/** A disk with nothing on it: no firmware finds anything to start. */
export async function makeEmptyDisk(directory: string): Promise<string> {
  const disk = join(directory, 'empty.img');
  await writeFile(disk, '');
  await truncate(disk, 64 << 20);
  return disk;
}
