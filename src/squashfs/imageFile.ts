import type { FileHandle } from 'node:fs/promises';
import { refuse } from './refuse.ts';

/** Tables are read in small pieces that lie close together. */
const WINDOW_BYTES = 256 << 10;

/** The bytes of an image, with nothing beyond `limit`. */
export class ImageFile {
  readonly #handle: FileHandle;
  #limit: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(handle: FileHandle, sizeBytes: number) {
    this.#handle = handle;
    this.#limit = sizeBytes;
  }

  get sizeBytes(): number {
    return this.#limit;
  }

  /** Behind what the superblock calls used there is only padding. */
  shrinkTo(sizeBytes: number): void {
    this.#limit = sizeBytes;
  }

  /** `length` bytes at `offset`; good for reading ahead, so for tables. */
  async readTable(offset: number, length: number): Promise<Buffer> {
    this.#check(offset, length);
    if (length > WINDOW_BYTES) return this.read(offset, length);
    const at = offset - this.#windowStart;
    if (at >= 0 && at + length <= this.#window.length) return this.#window.subarray(at, at + length);
    const window = await this.read(offset, Math.min(WINDOW_BYTES, this.#limit - offset));
    [this.#window, this.#windowStart] = [window, offset];
    return window.subarray(0, length);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    this.#check(offset, length);
    const buffer = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.#handle.read(buffer, done, length - done, offset + done);
      if (bytesRead === 0) throw refuse({ offset: offset + done }, 'the file ends, which has become shorter');
      done += bytesRead;
    }
    return buffer;
  }

  #check(offset: number, length: number): void {
    if (offset + length <= this.#limit) return;
    throw refuse({ offset }, `${length} bytes were expected, and the image ends at ${this.#limit}`);
  }
}
