import { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import { PERSISTENCE_LABEL, persistenceWish, preparePartitions } from './addPartitions.ts';
import { partitionNames } from './gpt.ts';
import { withImage } from './imageFile.ts';
import { type ImageTable, readImageTable, TABLE_HEAD_BYTES } from './imageTable.ts';
import { type Layout, type PartitionWish, type PlannedPartition, planLayout } from './layout.ts';
import { readFully, withRawFile } from './rawFile.ts';
import { addPart } from './stickParts.ts';
import { explainStop, type StickState } from './stickState.ts';
import type { StickTools } from './stickTools.ts';
import { findTarget, requireWritable, type Target, unitBytes } from './target.ts';
import { explainUnopened, isGone } from './writeStick.ts';

export interface AddPersistenceOptions {
  /** A drive or file that holds an image already. A file grows where it must. */
  readonly target: string;
  /** Absent: all that is left of the drive, or of a file that is larger than what is on it. */
  readonly sizeBytes?: number;
  readonly label?: string;
  readonly encrypt?: { readonly passphrase: Uint8Array };
  /** The times in the file system; default: now. */
  readonly epochSeconds?: number;
  readonly emit?: Listener;
}

/**
 * Puts a persistence partition behind the image that `target` holds, as `lb write --persistence` does while it writes one.
 * `tools` are of the tools tree `stick`. Throws PARTITION_IMPOSSIBLE, and what stickState.ts says of a target that fails.
 */
export async function addPersistence(tools: StickTools, options: AddPersistenceOptions): Promise<PlannedPartition> {
  const { sizeBytes, label, encrypt, emit = () => {}, epochSeconds = Math.floor(Date.now() / 1000) } = options;
  const target = await existingTarget(options.target);
  const wish = persistenceWish({ sizeBytes, label, isEncrypted: encrypt !== undefined });
  const seed = `${epochSeconds} ${label ?? PERSISTENCE_LABEL} ${target.path}`;
  const layout = planBehind(await readTable(target.path), wish, { target, seed });
  const state: StickState = { path: target.path, kind: target.kind, phase: 'untouched', doneBytes: 0, totalBytes: 0 };
  const prepared = await preparePartitions(tools, layout, { seed, epochSeconds, ...encrypt });
  const { pieces } = prepared;
  try {
    const raw = { kind: target.kind, mode: 'write', unitBytes: unitBytes(target) } as const;
    await withRawFile(target.path, raw, async (file) => {
      if (target.kind === 'file') await file.handle.truncate(layout.totalBytes);
      await addPart({ target, emit, signal: tools.signal, state, pieces }, file, layout);
    }).catch(explainUnopened(state));
  } catch (error) {
    throw explainStop(error, state, target.kind === 'device' && (await isGone(target.drive)));
  } finally {
    prepared.forget();
  }
  return layout.partitions[0] as PlannedPartition;
}

/** Whether a written stick has such a partition already, by its name in the GPT. */
export async function hasPersistence(path: string, label = PERSISTENCE_LABEL): Promise<boolean> {
  const table = await readTable(path);
  return table.kind === 'gpt' && partitionNames(table.gpt).includes(label);
}

async function existingTarget(path: string): Promise<Exclude<Target, { kind: 'disc' }>> {
  const target = await findTarget(path);
  requireWritable(target, {});
  if (target.kind !== 'disc' && !(target.kind === 'file' && target.sizeBytes === undefined)) return target;
  throw new LivewrightError('PARTITION_IMPOSSIBLE', {
    message: `${path} holds no image that a partition could be put behind.`,
    hint: 'Write an image to a stick or file first.',
  });
}

function readTable(path: string): Promise<ImageTable> {
  return withImage(path, async (handle) => {
    const head = Buffer.alloc(TABLE_HEAD_BYTES);
    await readFully(handle, head, 0);
    return readImageTable(head);
  });
}

/** On a drive, or in what a file has behind its image; a file that has too little for the size grows. */
function planBehind(table: ImageTable, wish: PartitionWish, place: { target: Target; seed: string }): Layout {
  const { target, seed } = place;
  const space = { usedBytes: 0, seed };
  if (target.kind === 'device') return planLayout(table, [wish], { ...space, totalBytes: target.drive.sizeBytes });
  const presentBytes = (target.kind === 'file' && target.sizeBytes) || 0;
  if (wish.sizeBytes === undefined) return planLayout(table, [wish], { ...space, totalBytes: presentBytes });
  const grown = planLayout(table, [wish], space);
  if (grown.totalBytes >= presentBytes) return grown;
  return planLayout(table, [wish], { ...space, totalBytes: presentBytes });
}
