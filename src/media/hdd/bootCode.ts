import { type FileHandle, open } from 'node:fs/promises';

/** What of a master boot record is code; the disk's signature and four partitions follow. */
export const bootCodeBytes = 440;

/**
 * A second entry of the protective MBR, as xorriso's `--mbr-force-bootable` makes it (and so as our ISO images have it):
 * type 0, active, one sector at 0. Some BIOSes start only a disk that has an active entry, and some UEFI firmware
 * refuses a GPT whose protective entry (type EE) is the active one, which the UEFI specification (5.2.3) does not want.
 */
const activeEntry = Buffer.from('80000100000001000000000001000000', 'hex');
const secondEntryOffset = 446 + 16;

/** Puts code before the partition table, and an active entry in it. After the table is written. */
export async function writeBootCode(image: string, code: Uint8Array): Promise<void> {
  if (code.length > bootCodeBytes) throw new Error(`boot code of ${code.length} bytes does not fit`);
  const padded = new Uint8Array(bootCodeBytes);
  padded.set(code);
  await writeAt(image, [[0, padded]]);
  await writeActiveEntry(image);
}

/**
 * Puts the active entry into the protective MBR, on a disk of ours that starts on a BIOS. sfdisk makes that MBR anew
 * without it where the copy of the GPT has moved, as on a stick that is bigger than the image: then again.
 */
export function writeActiveEntry(disk: string): Promise<void> {
  return writeAt(disk, [[secondEntryOffset, activeEntry]]);
}

/** Writes bytes to places of a file that exists. */
export async function writeAt(path: string, pieces: readonly (readonly [offset: number, bytes: Uint8Array])[]) {
  const file = await open(path, 'r+');
  try {
    for (const [offset, bytes] of pieces) await writeAll(file, offset, bytes);
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, offset);
  if (bytesWritten < bytes.length) await writeAll(file, offset + bytesWritten, bytes.subarray(bytesWritten));
}

export async function readAt(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead !== length) throw new Error(`${path} ends before ${offset + length}`);
    return buffer;
  } finally {
    await file.close();
  }
}
