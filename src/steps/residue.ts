import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../engine/step.ts';
import type { MergedEntry } from '../rootfs/mergedTree.ts';
import { place } from '../rootfs/place.ts';
import { STORED } from '../squashfs/index.ts';
import type { TreeRef } from '../store/types.ts';
import type { Compression } from './compression.ts';
import { looksCompressed } from './looksCompressed.ts';
import { type MissingObjects, type SquashedObject, squashAll, squashSettings } from './squasher.ts';

/** A file's content, and where it can be read. */
export interface ContentFile {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly path: string;
}

/**
 * Divides what no package holds: large contents stand alone, so that an unchanged initramfs or hardware database is
 * never compressed again; small ones are together with those of their layer, since they compress badly alone.
 */
const ALONE_FROM_BYTES = 1 << 20;

export interface Squashing {
  readonly context: StepContext;
  readonly tools: TreeRef;
  readonly compression: Compression;
}

export interface Residue extends Squashing {
  /** Names of the merged root whose contents no package holds. */
  readonly entries: readonly MergedEntry[];
  /** Directories of the layers, lowest first. */
  readonly layers: readonly string[];
}

/** Objects of what no package holds. Their names in the object mean nothing. */
export function squashResidue(residue: Residue): Promise<SquashedObject[]> {
  return squashGroups(residue, groupContents(residue));
}

/** An object for each of these contents that is large enough to stand alone. */
export function squashLarge(squashing: Squashing, files: readonly ContentFile[]): Promise<SquashedObject[]> {
  const large = files.filter(({ sizeBytes }) => sizeBytes >= ALONE_FROM_BYTES);
  return squashGroups(
    squashing,
    large.map((file) => [file]),
  );
}

type GroupInputs = { readonly settings: object & Compression; readonly digests: readonly string[] };

async function squashGroups(squashing: Squashing, groups: readonly ContentFile[][]): Promise<SquashedObject[]> {
  const { context, tools, compression } = squashing;
  const settings = await squashSettings(context.store, tools, compression);
  const files = new Map(groups.flat().map((file) => [file.digest, file]));
  return context.parts<GroupInputs, SquashedObject>({
    kind: 'residue-object',
    version: 2,
    inputs: groups.map((group) => ({ settings, digests: group.map(({ digest }) => digest) })),
    make: (missing, keep) => squashMissing({ context, tools, compression, missing, files, keep }),
  });
}

function groupContents({ entries, layers }: Pick<Residue, 'entries' | 'layers'>): ContentFile[][] {
  const seen = new Set<string>();
  const alone: ContentFile[][] = [];
  const ofLayer = layers.map((): ContentFile[] => []);
  for (const { content: digest, sizeBytes, path, layer } of entries) {
    if (seen.has(digest)) continue;
    seen.add(digest);
    const file = { digest, sizeBytes, path: join(layers[layer]!, path) };
    if (sizeBytes >= ALONE_FROM_BYTES) alone.push([file]);
    else ofLayer[layer]!.push(file);
  }
  return [...alone, ...ofLayer.filter((group) => group.length > 0)];
}

interface MissingGroups extends MissingObjects<GroupInputs> {
  /** By their digests. */
  readonly files: ReadonlyMap<string, ContentFile>;
}

async function squashMissing({ missing, files, keep, ...squashing }: MissingGroups): Promise<void> {
  const source = join(squashing.context.scratch, 'residue');
  const orders = [];
  for (const [index, { digests }] of missing.entries()) {
    const directory = join(source, String(index));
    await mkdir(directory, { recursive: true });
    const group = digests.map((digest) => files.get(digest)!);
    // In the order of the paths: mksquashfs takes names in order, and neighbours compress well together.
    for (const [at, { path, sizeBytes }] of group.entries()) {
      const isStored = sizeBytes >= ALONE_FROM_BYTES && (await looksCompressed(path));
      await place(path, join(directory, `${String(at).padStart(8, '0')}${isStored ? STORED : ''}`));
    }
    const weight = group.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    orders.push({ name: String(index), title: 'files of no package', weight });
  }
  await squashAll({
    ...squashing,
    orders,
    gather: 'rmdir "/pieces/$name"; ln -s "/residue/$name" "/pieces/$name"',
    binds: [{ source, target: '/residue' }],
    keep: ({ name }, object) => keep(missing[Number(name)]!, object),
  });
}
