import { parseDigest } from './digest.ts';
import type { BlobRef, Digest, Json } from './types.ts';

/** The blobs and trees that a result refers to. */
export interface Refs {
  readonly blobs: readonly BlobRef[];
  readonly trees: readonly Digest[];
}

/** Finds every BlobRef and TreeRef in a JSON value, however deep, also where such an object has further members. */
export function collectRefs(value: Json): Refs {
  const blobs = new Map<Digest, BlobRef>();
  const trees = new Set<Digest>();
  const visit = (part: Json): void => {
    if (part === null || typeof part !== 'object') return;
    const { blob, sizeBytes, tree } = part as { blob?: Json; sizeBytes?: Json; tree?: Json };
    const blobDigest = parseDigest(blob);
    if (blobDigest && typeof sizeBytes === 'number') blobs.set(blobDigest, { blob: blobDigest, sizeBytes });
    const treeDigest = parseDigest(tree);
    if (treeDigest) trees.add(treeDigest);
    for (const member of Object.values(part)) visit(member as Json);
  };
  visit(value);
  return { blobs: [...blobs.values()], trees: [...trees] };
}
