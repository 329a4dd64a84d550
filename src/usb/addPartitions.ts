import { join } from 'node:path';
import { different } from './copyImage.ts';
import { LEAST_DATA_BYTES, LEAST_PERSISTENCE_BYTES, makeData, makePersistence } from './fileSystems.ts';
import type { Layout, PartitionWish, PlannedPartition } from './layout.ts';
import { LUKS_HEADER_BYTES, type LuksContainer, makeLuks } from './luks.ts';
import { listExtents, type Piece } from './pieces.ts';
import { patchBytes, type RawFile, readBytes } from './rawFile.ts';
import type { StickTools } from './stickTools.ts';

/** The label that live-boot looks for, unless `persistence-label=` says otherwise. */
export const PERSISTENCE_LABEL = 'persistence';

export interface PersistenceOptions {
  readonly sizeBytes?: number | undefined;
  readonly label?: string | undefined;
  readonly isEncrypted?: boolean;
}

export function persistenceWish({ sizeBytes, label, isEncrypted }: PersistenceOptions): PartitionWish {
  return {
    kind: 'persistence',
    label: label ?? PERSISTENCE_LABEL,
    leastBytes: LEAST_PERSISTENCE_BYTES + (isEncrypted ? LUKS_HEADER_BYTES : 0),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

export function dataWish({ sizeBytes, label }: Omit<PersistenceOptions, 'isEncrypted'>): PartitionWish {
  const least = { leastBytes: LEAST_DATA_BYTES };
  return { kind: 'data', label: label ?? 'DATA', ...least, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
}

export interface Preparation {
  readonly seed: string;
  readonly epochSeconds: number;
  /** The persistence is a LUKS container that this opens. */
  readonly passphrase?: Uint8Array;
}

export interface PreparedPartitions {
  readonly pieces: readonly Piece[];
  /** Forgets the keys that the pieces are encrypted with. */
  readonly forget: () => void;
}

/** Makes the planned file systems in the scratch directory, before anything is written to the stick. */
export async function preparePartitions(
  tools: StickTools,
  { partitions }: Pick<Layout, 'partitions'>,
  preparation: Preparation,
): Promise<PreparedPartitions> {
  const prepared: PreparedPartitions[] = [];
  for (const partition of partitions) prepared.push(await preparePartition(tools, partition, preparation));
  return {
    pieces: prepared.flatMap(({ pieces }) => pieces),
    forget: () => {
      for (const { forget } of prepared) forget();
    },
  };
}

async function preparePartition(
  tools: StickTools,
  { kind, label, slot, startBytes, sizeBytes }: PlannedPartition,
  { seed, epochSeconds, passphrase }: Preparation,
): Promise<PreparedPartitions> {
  const path = join(tools.scratch, `partition-${slot}`);
  const wish = { path, sizeBytes, label, seed: `${seed} ${slot}`, epochSeconds };
  if (kind === 'data') {
    await makeData(tools, wish);
    return plain({ source: path, targetOffset: startBytes, extents: await listExtents(tools, path, sizeBytes) });
  }
  if (passphrase === undefined) {
    await makePersistence(tools, wish);
    return plain({ source: path, targetOffset: startBytes, extents: await listExtents(tools, path, sizeBytes) });
  }
  const header = `${path}.luks`;
  const container = await makeLuks(tools, { ...wish, path: header, passphrase });
  const innerBytes = sizeBytes - LUKS_HEADER_BYTES;
  await makePersistence(tools, { ...wish, sizeBytes: innerBytes });
  const extents = await listExtents(tools, path, innerBytes);
  return encrypted({ header, path, startBytes, extents }, container);
}

function plain(piece: Piece): PreparedPartitions {
  return { pieces: [piece], forget: () => {} };
}

function encrypted(
  place: { header: string; path: string; startBytes: number; extents: Piece['extents'] },
  { headerExtents, encrypt, forget }: LuksContainer,
): PreparedPartitions {
  const { header, path, startBytes, extents } = place;
  return {
    pieces: [
      { source: header, targetOffset: startBytes, extents: headerExtents },
      { source: path, targetOffset: startBytes + LUKS_HEADER_BYTES, extents, transform: encrypt },
    ],
    forget,
  };
}

/** Writes the table's changes in their order, has the device confirm them, and reads them back. */
export async function writeTable(target: RawFile, { patches }: Pick<Layout, 'patches'>): Promise<void> {
  for (const { offset, bytes } of patches) await patchBytes(target, offset, bytes);
  await target.handle.sync();
  for (const { offset, bytes } of patches) {
    if (!(await readBytes(target, offset, bytes.length)).equals(bytes)) throw different(target, offset);
  }
}
