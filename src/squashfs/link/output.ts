import type { FileHandle } from 'node:fs/promises';
import type { Interval } from './intervals.ts';

const BUFFER_BYTES = 4 << 20;

/** Writes an image from its beginning to its end, in large pieces: one is filled while the other is on its way to the disk. */
export class Output {
  readonly #handle: FileHandle;
  #filling = Buffer.allocUnsafe(BUFFER_BYTES);
  #spare = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;
  #flushed = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#flushed + this.#filled;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const piece = bytes.subarray(done, done + BUFFER_BYTES - this.#filled);
      this.#filling.set(piece, this.#filled);
      done += piece.length;
      await this.#advance(piece.length);
    }
  }

  async copy(source: FileHandle, { start, end }: Interval): Promise<void> {
    for (let at = start; at < end; ) {
      const wanted = Math.min(end - at, BUFFER_BYTES - this.#filled);
      const { bytesRead } = await source.read(this.#filling, this.#filled, wanted, at);
      if (bytesRead === 0) throw new Error('an object became shorter while it was copied');
      at += bytesRead;
      await this.#advance(bytesRead);
    }
  }

  async flush(): Promise<void> {
    await this.#writing;
    if (this.#filled === 0) return;
    const [bytes, at] = [this.#filling.subarray(0, this.#filled), this.#flushed];
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#flushed += this.#filled;
    this.#filled = 0;
    this.#writing = writeAll(this.#handle, bytes, at);
    // Whoever waits next will hear of a failure; until then it is no unhandled one.
    this.#writing.catch(() => {});
  }

  /** Everything is in the file when this ends. */
  async finish(): Promise<void> {
    await this.flush();
    await this.#writing;
  }

  async #advance(length: number): Promise<void> {
    this.#filled += length;
    if (this.#filled === BUFFER_BYTES) await this.flush();
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
