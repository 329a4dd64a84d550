import { Writer } from '../bytes.ts';
import { refuseLink } from './refuseLink.ts';
import type { LinkTree } from './tree.ts';

/** User and group ids of the image, each once; inodes have their place in this list. */
export interface IdList {
  readonly bytes: Buffer;
  readonly count: number;
  readonly placeOf: ReadonlyMap<number, number>;
}

/** The superblock counts them in 16 bits. */
const MOST_IDS = 0xffff;

export function collectIds({ inodes }: LinkTree): IdList {
  const ids = new Set(inodes.flatMap(({ entry }) => [entry.uid, entry.gid]));
  if (ids.size > MOST_IDS) throw refuseLink(`The entries have ${ids.size} owners; SquashFS can keep ${MOST_IDS}.`, {});
  const writer = new Writer(ids.size * 4);
  for (const id of ids) writer.u32(id);
  return { bytes: writer.toBuffer(), count: ids.size, placeOf: new Map([...ids].map((id, place) => [id, place])) };
}
