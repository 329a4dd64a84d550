/** Input and output of a decoder of the LZ family, with all bounds checked. */
export class Output {
  readonly #input: Buffer;
  readonly #output: Buffer;
  #read = 0;
  #written = 0;

  constructor(input: Buffer, limitBytes: number) {
    this.#input = input;
    this.#output = Buffer.allocUnsafe(limitBytes);
  }

  get isInputUsed(): boolean {
    return this.#read === this.#input.length;
  }

  next(): number {
    const byte = this.#input[this.#read++];
    if (byte === undefined) throw new Error('it ends too early');
    return byte;
  }

  copyLiterals(length: number): void {
    const end = this.#read + length;
    if (end > this.#input.length) throw new Error('it ends too early');
    this.#reserve(length);
    this.#output.set(this.#input.subarray(this.#read, end), this.#written);
    this.#read = end;
    this.#written += length;
  }

  /** Repeats what was written `distance` bytes ago; the two may overlap. */
  copyMatch(distance: number, length: number): void {
    if (distance === 0 || distance > this.#written) throw new Error('it refers to what is before its beginning');
    this.#reserve(length);
    const output = this.#output;
    const end = this.#written + length;
    for (let at = this.#written; at < end; at++) output[at] = output[at - distance]!;
    this.#written = end;
  }

  toBuffer(): Buffer {
    return this.#output.subarray(0, this.#written);
  }

  #reserve(length: number): void {
    if (this.#written + length > this.#output.length) throw new Error('it holds more than a block can');
  }
}
