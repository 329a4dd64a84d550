import { type FileHandle, open } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import { type PreparedPartitions, preparePartitions, writeTable } from './addPartitions.ts';
import { copyImage, verifyImage } from './copyImage.ts';
import { type Drive, readDrives } from './drives.ts';
import { hasGptSignature } from './gpt.ts';
import { checkImage, type ImageTable, TABLE_HEAD_BYTES } from './imageTable.ts';
import { type Layout, type PartitionWish, planLayout } from './layout.ts';
import { countBytes, verifyPieces, writePieces } from './pieces.ts';
import { startCounting } from './progress.ts';
import { patchBytes, type RawFile, readBytes, readFully, withRawFile } from './rawFile.ts';
import { SECTOR_BYTES } from './sizes.ts';
import { explainStop, type StickState } from './stickState.ts';
import type { StickTools } from './stickTools.ts';
import { explainOpen, type Target, unitBytes } from './target.ts';

/** An image as it was found: what can be known before anything is written. */
export interface ImageFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly epochSeconds: number;
  readonly table: ImageTable;
}

/** Throws IMAGE_DAMAGED for what is no image, or not all of one. */
export async function readImage(path: string): Promise<ImageFile> {
  return withImage(path, async (handle) => {
    const { size: sizeBytes, mtimeMs } = await handle.stat();
    const head = Buffer.alloc(TABLE_HEAD_BYTES);
    await readFully(handle, head, 0);
    const table = checkImage(head, { path, sizeBytes });
    return { path, sizeBytes, epochSeconds: Math.floor(mtimeMs / 1000), table };
  });
}

async function withImage<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

export interface StickJob {
  readonly image: ImageFile;
  /** A drive or file that findTarget and requireWritable have seen. */
  readonly target: Exclude<Target, { kind: 'disc' }>;
  /** What to put behind the image. */
  readonly wishes?: readonly PartitionWish[];
  /** Encrypts the persistence. */
  readonly passphrase?: Uint8Array;
  /** Needed for wishes. */
  readonly tools?: StickTools;
  readonly emit: Listener;
  readonly signal: AbortSignal;
}

/** The layout of a job, before anything is asked or written; undefined where the image's own is kept. */
export function planStick({
  image,
  target,
  wishes = [],
}: Pick<StickJob, 'image' | 'target' | 'wishes'>): Layout | undefined {
  if (wishes.length === 0) return undefined;
  if (target.kind === 'device' && target.drive.blockBytes !== SECTOR_BYTES)
    throw foreignSectors(target.path, target.drive.blockBytes);
  const totalBytes = target.kind === 'device' ? target.drive.sizeBytes : fixedSize(target, image);
  const seed = seedOf(image, target);
  return planLayout(image.table, wishes, {
    usedBytes: image.sizeBytes,
    seed,
    ...(totalBytes === undefined ? {} : { totalBytes }),
  });
}

function foreignSectors(path: string, blockBytes: number): LivewrightError {
  return new LivewrightError('PARTITION_IMPOSSIBLE', {
    message: `${path} counts in sectors of ${blockBytes} bytes, and the image's partition table in sectors of ${SECTOR_BYTES}.`,
    hint: 'Take another stick; nearly all have sectors of 512 bytes.',
  });
}

/** A file that is larger than the image is as long as it is to be; any other grows. */
function fixedSize({ sizeBytes = 0 }: { sizeBytes?: number }, image: ImageFile): number | undefined {
  return sizeBytes > image.sizeBytes ? sizeBytes : undefined;
}

/** The same for the same image on the same stick: ids must differ between two sticks in one machine. */
function seedOf({ epochSeconds, sizeBytes, table }: ImageFile, target: Target): string {
  const disk = table.kind === 'gpt' ? table.gpt.header.toString('hex') : '';
  const serial = target.kind === 'device' ? `${target.drive.serial} ${target.drive.sizeBytes}` : '';
  return `${epochSeconds} ${sizeBytes} ${disk} ${serial}`;
}

export interface StickResult {
  readonly sha256: string;
  readonly layout: Layout | undefined;
  /** False: what was read back may have come from the page cache. */
  readonly isReadBackDirect: boolean;
}

/**
 * Writes the image, reads it back from the device itself, and adds the wished partitions, in this order, so that whatever stops
 * it leaves a stick of which one sentence can be said; the error that is thrown says it. The file systems are made before
 * the first byte is written.
 */
export async function writeStick(job: StickJob): Promise<StickResult> {
  const { image, target } = job;
  const layout = planStick(job);
  const state: StickState = { path: target.path, kind: target.kind, phase: 'untouched', doneBytes: 0, totalBytes: 0 };
  let prepared: PreparedPartitions | undefined;
  try {
    prepared = await prepare(job, layout);
    const isNew = target.kind === 'file' && target.sizeBytes === undefined;
    const mode = isNew ? 'create' : 'write';
    const options = { kind: target.kind, mode, unitBytes: unitBytes(target) } as const;
    const writing = { ...job, state, layout, isNew, pieces: prepared?.pieces ?? [] };
    return await withImage(image.path, (handle) =>
      withRawFile(target.path, options, (file) => writeAll(writing, file, handle)).catch(explainUnopened(state)),
    );
  } catch (error) {
    throw explainStop(error, state, target.kind === 'device' && (await isGone(target.drive)));
  } finally {
    prepared?.forget();
  }
}

async function isGone({ number, sizeBytes }: Drive): Promise<boolean> {
  const now = (await readDrives()).find((drive) => drive.number === number);
  return now?.sizeBytes !== sizeBytes;
}

function explainUnopened(state: StickState): (error: unknown) => never {
  return (error) => {
    throw state.phase === 'untouched' ? explainOpen(error, state.path) : error;
  };
}

async function prepare({ tools, image, target, passphrase, emit }: StickJob, layout: Layout | undefined) {
  if (layout === undefined) return undefined;
  if (tools === undefined) throw new Error('partitions are wished, and there are no tools to make them with');
  const title = 'file systems';
  const startedMs = performance.now();
  emit({ type: 'step-started', step: 'prepare', title, reason: 'made before anything is written' });
  const prepared = await preparePartitions(tools, layout, {
    seed: seedOf(image, target),
    epochSeconds: image.epochSeconds,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  emit({ type: 'step-done', step: 'prepare', title, durationMs: performance.now() - startedMs });
  return prepared;
}

interface Writing extends StickJob {
  readonly state: StickState;
  readonly layout: Layout | undefined;
  readonly isNew: boolean;
  readonly pieces: PreparedPartitions['pieces'];
}

async function writeAll(writing: Writing, file: RawFile, image: FileHandle): Promise<StickResult> {
  const { layout, emit } = writing;
  if (!file.isDirect) emit({ type: 'warning', ...cachedReads(file.path) });
  const sha256 = await writeImagePart(writing, file, image);
  await verifyImagePart(writing, file, { handle: image, sha256 });
  if (layout !== undefined) await addPart(writing, file, layout);
  writing.state.phase = 'complete';
  return { sha256, layout, isReadBackDirect: file.isDirect };
}

function cachedReads(path: string) {
  return {
    message: `The file system of ${path} has no O_DIRECT: what is read back may come from memory instead of from the disk.`,
    hint: 'It is written and synced all the same; a drive itself (/dev/sdX) is always read back for real.',
  };
}

async function writeImagePart(writing: Writing, file: RawFile, handle: FileHandle): Promise<string> {
  const { image, target, layout, isNew, signal } = writing;
  const count = countInto(writing, {
    step: 'write',
    phase: 'writing',
    title: `write ${target.path}`,
    totalBytes: image.sizeBytes,
  });
  const options = { sizeBytes: image.sizeBytes, isSparse: isNew, signal, onBytes: count.reach };
  const sha256 = await copyImage(handle, file, options);
  if (target.kind === 'file') {
    const keptBytes = Math.max(target.sizeBytes ?? 0, image.sizeBytes);
    await file.handle.truncate(layout?.totalBytes ?? keptBytes);
  } else if (layout === undefined) {
    await clearStaleTable(file, target.drive.sizeBytes, image.sizeBytes);
  }
  await file.handle.sync();
  count.done();
  return sha256;
}

/** A GPT of before has its second copy in the last sector, which partitioning programs offer to restore. */
async function clearStaleTable(file: RawFile, diskBytes: number, imageBytes: number): Promise<void> {
  const last = diskBytes - SECTOR_BYTES;
  if (last < imageBytes || !hasGptSignature(await readBytes(file, last, SECTOR_BYTES))) return;
  await patchBytes(file, last, Buffer.alloc(SECTOR_BYTES));
}

async function verifyImagePart(
  writing: Writing,
  file: RawFile,
  from: { handle: FileHandle; sha256: string },
): Promise<void> {
  const { image, target, signal } = writing;
  const { sizeBytes } = image;
  const count = countInto(writing, {
    step: 'verify',
    phase: 'verifying',
    title: `read back ${target.path}`,
    totalBytes: sizeBytes,
  });
  await verifyImage(from.handle, file, { sizeBytes, sha256: from.sha256, signal, onBytes: count.reach });
  count.done();
}

async function addPart(writing: Writing, file: RawFile, layout: Layout): Promise<void> {
  const { pieces, target, signal } = writing;
  const totalBytes = 2 * countBytes(pieces);
  const names = layout.partitions.map(({ kind }) => kind).join(' and ');
  const count = countInto(writing, {
    step: 'add',
    phase: 'adding',
    title: `add ${names} to ${target.path}`,
    totalBytes,
  });
  await writePieces(file, pieces, { signal, onBytes: count.reach });
  await verifyPieces(file, pieces, { signal, onBytes: (done) => count.reach(totalBytes / 2 + done) });
  await writeTable(file, layout);
  // Whole units were written, and a file's size need not be one.
  if (target.kind === 'file') await file.handle.truncate(layout.totalBytes);
  count.done();
}

/** Counting that also keeps the account of the target. */
function countInto(
  { emit, state }: Writing,
  { phase, ...counted }: { step: string; title: string; totalBytes: number; phase: StickState['phase'] },
) {
  Object.assign(state, { phase, doneBytes: 0, totalBytes: counted.totalBytes });
  const count = startCounting(emit, counted);
  return {
    reach: (done: number): void => {
      state.doneBytes = done;
      count.reach(done);
    },
    done: count.done,
  };
}
