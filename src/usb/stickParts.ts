import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { type PreparedPartitions, writeTable } from './addPartitions.ts';
import { changedImage, copyImage, verifyImage } from './copyImage.ts';
import { hasGptSignature } from './gpt.ts';
import type { Layout } from './layout.ts';
import { countBytes, verifyPieces, writePieces } from './pieces.ts';
import { startCounting } from './progress.ts';
import { patchBytes, type RawFile, readBytes } from './rawFile.ts';
import { SECTOR_BYTES } from './sizes.ts';
import type { StickJob } from './stickPlan.ts';
import type { StickState } from './stickState.ts';

/** What it takes to put partitions behind an image. */
export interface Adding extends Pick<StickJob, 'target' | 'emit' | 'signal'> {
  readonly state: StickState;
  readonly pieces: PreparedPartitions['pieces'];
}

/** A job under way. */
export interface Writing extends Adding, StickJob {
  readonly layout: Layout | undefined;
  readonly isNew: boolean;
}

/** Writes the image, gives a file its size, and has the device confirm it. Resolves with the image's SHA-256. */
export async function writeImagePart(writing: Writing, file: RawFile, handle: FileHandle): Promise<string> {
  const { image, target, layout, isNew, signal } = writing;
  const count = countInto(writing, {
    step: 'write',
    phase: 'writing',
    title: `write ${basename(target.path)}`,
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

/** Reads the image back and compares. */
export async function verifyImagePart(
  writing: Writing,
  file: RawFile,
  from: { handle: FileHandle; sha256: string },
): Promise<void> {
  const { image, target, signal } = writing;
  const { sizeBytes } = image;
  const count = countInto(writing, {
    step: 'verify',
    phase: 'verifying',
    title: `read back ${basename(target.path)}`,
    totalBytes: sizeBytes,
  });
  const options = { sizeBytes, sha256: from.sha256, signal, onBytes: count.reach };
  await verifyImage(from.handle, file, options).catch(async (error: unknown) => {
    // Before the stick is blamed: was it the image that changed?
    throw (await from.handle.stat()).mtimeMs === image.mtimeMs ? error : changedImage();
  });
  count.done();
}

/** Writes the prepared file systems, reads them back, and makes them known by the partition table. */
export async function addPart(writing: Adding, file: RawFile, layout: Layout): Promise<void> {
  const { pieces, target, signal } = writing;
  const totalBytes = 2 * countBytes(pieces);
  const names = layout.partitions.map(({ kind }) => kind).join(' and ');
  const count = countInto(writing, {
    step: 'add',
    phase: 'adding',
    title: `add ${names}`,
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
  { emit, state }: Pick<Adding, 'emit' | 'state'>,
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
