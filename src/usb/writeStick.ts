import type { FileHandle } from 'node:fs/promises';
import { type PreparedPartitions, preparePartitions } from './addPartitions.ts';
import { type Drive, readDrives } from './drives.ts';
import { readImage, withImage } from './imageFile.ts';
import type { Layout } from './layout.ts';
import { type RawFile, withRawFile } from './rawFile.ts';
import { addPart, verifyImagePart, type Writing, writeImagePart } from './stickParts.ts';
import { planStick, type StickJob, seedOf } from './stickPlan.ts';
import { explainStop, type StickState } from './stickState.ts';
import { explainOpen, findTarget, requireSame, requireWritable, unitBytes } from './target.ts';

export interface StickResult {
  readonly sha256: string;
  readonly layout: Layout | undefined;
  /** False: what was read back may have come from the page cache. */
  readonly isReadBackDirect: boolean;
}

export interface WriteImageOptions extends Pick<StickJob, 'emit' | 'signal' | 'wishes' | 'passphrase' | 'tools'> {
  readonly imagePath: string;
  /** A whole drive by any of its names, or a file, which need not exist. */
  readonly targetPath: string;
  readonly isInternalMeant?: boolean;
}

/** `lb write --yes IMAGE TARGET` as a function: finds out what both are, refuses what must be refused, and writes. */
export async function writeImage(options: WriteImageOptions): Promise<StickResult> {
  const { imagePath, targetPath, isInternalMeant = false, ...job } = options;
  const image = await readImage(imagePath);
  const target = await findTarget(targetPath);
  if (target.kind === 'disc') throw new Error('discs are written by writeDisc');
  requireWritable(target, { isInternalMeant, neededBytes: image.sizeBytes });
  return writeStick({ ...job, image, target });
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
    await requireSame(target);
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

/** The drive is not there any more, or has another size. */
export async function isGone({ number, sizeBytes }: Drive): Promise<boolean> {
  const now = (await readDrives()).find((drive) => drive.number === number);
  return now?.sizeBytes !== sizeBytes;
}

/** A target that could not be opened is as it was. */
export function explainUnopened(state: StickState): (error: unknown) => never {
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
