import { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import type { ImageFile } from './imageFile.ts';
import { type Layout, type PartitionWish, planLayout } from './layout.ts';
import { SECTOR_BYTES } from './sizes.ts';
import type { StickTools } from './stickTools.ts';
import type { Target } from './target.ts';

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
export function seedOf({ epochSeconds, sizeBytes, table }: ImageFile, target: Target): string {
  const disk = table.kind === 'gpt' ? table.gpt.header.toString('hex') : '';
  const serial = target.kind === 'device' ? `${target.drive.serial} ${target.drive.sizeBytes}` : '';
  return `${epochSeconds} ${sizeBytes} ${disk} ${serial}`;
}
