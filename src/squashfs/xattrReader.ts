import type { Blocks } from './blocks.ts';
import type { IndexedTable } from './indexedTable.ts';
import { LruMap } from './lru.ts';
import { parseReference } from './metadataBlock.ts';
import { MetadataReader, type TableRange } from './metadataReader.ts';
import { refuse } from './refuse.ts';
import { parseXattrEntry, parseXattrValue, type XattrEntry } from './xattr.ts';
import { parseXattrSet } from './xattrTable.ts';

export type XattrValues = Readonly<Record<string, Buffer>>;

/** Linux lists names in at most 64 KiB (XATTR_LIST_MAX), and the shortest takes 7 bytes. */
const MOST_XATTRS = 65_536 / 7;

/** The extended attributes of an image. Sets that many files share are read once. */
export class XattrReader {
  readonly #blocks: Blocks;
  readonly #sets: IndexedTable;
  readonly #store: TableRange;
  readonly #known = new LruMap<number, XattrValues>(256);
  /** What may be read in all: more than a store that compresses to a sixty-fourth. */
  #bytesLeft: number;

  constructor(blocks: Blocks, { sets, store }: { readonly sets: IndexedTable; readonly store: TableRange }) {
    this.#blocks = blocks;
    this.#sets = sets;
    this.#store = store;
    this.#bytesLeft = Math.max(64 << 20, (store.end - store.start) * 64);
  }

  /** The attributes with the number `index`, sorted by name. */
  async read(index: number): Promise<XattrValues> {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    if (index >= this.#sets.count) throw refuse({ offset: this.#store.start }, `there is no set ${index} of xattrs`);
    const set = parseXattrSet(await this.#sets.read(index));
    const source = new MetadataReader(this.#blocks, this.#store, parseReference(set.reference));
    if (set.count > MOST_XATTRS) throw refuse(source.origin, `${set.count} xattrs of one file are too many`);
    const found: [string, Buffer][] = [];
    for (let count = 0; count < set.count; count++) {
      const entry = await parseXattrEntry(source);
      found.push([entry.name, await this.#valueOf(entry)]);
    }
    const values = Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    this.#known.set(index, values);
    return values;
  }

  async #valueOf({ name, value }: XattrEntry): Promise<Buffer> {
    const source = typeof value === 'number' ? this.#at(value) : undefined;
    const bytes = source === undefined ? (value as Buffer) : await parseXattrValue(source);
    this.#bytesLeft -= name.length + bytes.length;
    if (this.#bytesLeft < 0)
      throw refuse({ offset: this.#store.start }, 'there are more xattrs than the store can hold');
    return bytes;
  }

  #at(reference: number): MetadataReader {
    return new MetadataReader(this.#blocks, this.#store, parseReference(reference));
  }
}
