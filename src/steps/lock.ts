import type { BlobRef } from '../store/types.ts';

/** One package of the lock: everything needed to fetch, check and install it. */
export type LockedPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly url: string;
  /** Installed because something depends on it (apt's "automatically installed"). */
  readonly automatic: boolean;
};

/** Packages that are installed together, as one layer. */
export type LockSlice = {
  readonly name: string;
  readonly packages: readonly LockedPackage[];
  /** Packages removed by this slice (`pkg-` in a list). */
  readonly removed: readonly string[];
  /** Packages of earlier slices (`NAME:ARCH`) that are automatic no longer, as a wish of this one names them; absent: none. */
  readonly manual?: readonly string[];
  /** Architectures of some of them that are not the image's own; absent where there are none. */
  readonly foreign?: readonly string[];
  /** The stanzas of `packages`, as a Packages file for the apt inside the target. */
  readonly index: BlobRef;
};

/** The whole package set of an image, known before the first byte is unpacked. */
export type Lock = {
  /** Names whose absence would break dpkg itself: Essential, and what they need. Unpacked first, without dpkg. */
  readonly essential: readonly string[];
  readonly slices: readonly LockSlice[];
};

/** The name apt gives to a downloaded package: epoch's colon as %3a (apt-pkg/acquire-item.cc, QuoteString). */
export function archiveFileName(item: Pick<LockedPackage, 'name' | 'version' | 'architecture'>): string {
  const quoted = (text: string): string => text.replaceAll(/[_:/%]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return `${quoted(item.name)}_${quoted(item.version)}_${quoted(item.architecture)}.deb`;
}

export function sliceOf(lock: Lock, name: string): LockSlice {
  const slice = lock.slices.find((candidate) => candidate.name === name);
  if (slice === undefined) throw new Error(`the lock has no slice "${name}"`);
  return slice;
}
