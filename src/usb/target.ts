import { access, constants, realpath, stat } from 'node:fs/promises';
import { LivewrightError, orIfAbsent, systemErrorCode } from '../errors.ts';
import { type Drive, readDrives } from './drives.ts';
import { judgeDrive, type Wish } from './judge.ts';
import { type Content, probeFile } from './probe.ts';
import { UNIT_BYTES } from './rawFile.ts';

/** What an image may be written to. */
export type Target =
  | { readonly kind: 'device'; readonly path: string; readonly drive: Drive }
  /** An optical drive, or a file that xorriso takes for one (`stdio:/path`). */
  | { readonly kind: 'disc'; readonly path: string; readonly drive: Drive | undefined }
  /** A file; `sizeBytes` is absent where there is none yet. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly sizeBytes?: number;
      readonly content?: Content | undefined;
    };

/** How a target's bytes are counted by O_DIRECT. */
export function unitBytes(target: Target): number {
  return target.kind === 'device' ? target.drive.blockBytes : UNIT_BYTES;
}

/** Finds out what `path` is: a drive by any of its names, or a file, also one that is yet to be made. Throws DEVICE_REFUSED. */
export async function findTarget(path: string, root = '/'): Promise<Target> {
  if (path.startsWith('stdio:')) return { kind: 'disc', path, drive: undefined };
  const real = await orIfAbsent(realpath(path), undefined);
  if (real === undefined) {
    if (path.startsWith('/dev/')) throw refused(path, `There is no device ${path}.`, 'Is it plugged in?');
    return { kind: 'file', path };
  }
  const stats = await stat(real);
  if (stats.isFile()) {
    return { kind: 'file', path: real, sizeBytes: stats.size, content: await probeFile(real) };
  }
  if (!stats.isBlockDevice()) {
    const what = stats.isDirectory() ? 'a directory' : 'neither a block device nor a file';
    throw refused(path, `${path} is ${what}; expected a whole drive such as /dev/sdb, or an image file.`);
  }
  return findDrive(path, deviceNumber(stats.rdev), await readDrives(root));
}

function findDrive(path: string, number: string, drives: readonly Drive[]): Target {
  const drive = drives.find((candidate) => candidate.number === number);
  if (drive?.bus === 'optical') return { kind: 'disc', path: drive.path, drive };
  if (drive !== undefined) return { kind: 'device', path: drive.path, drive };
  const whole = drives.find(({ partitions }) => partitions.some((partition) => partition.number === number));
  if (whole === undefined) throw refused(path, `The kernel shows no drive for ${path} in /sys/block.`);
  throw refused(path, `${path} is a partition; an image takes a whole drive.`, `The drive is ${whole.path}.`);
}

/** Linux's 64-bit encoding of major and minor numbers (makedev(3)), as far as any device uses it. */
function deviceNumber(rdev: number): string {
  const minor = (rdev & 0xff) | ((rdev >>> 12) & 0xfff00);
  return `${(rdev >>> 8) & 0xfff}:${minor}`;
}

/** Throws DEVICE_REFUSED, in the words of judge.ts, where a drive must not be written to. */
export function requireWritable(target: Target, wish: Wish): void {
  if (target.kind === 'file' || target.drive === undefined) return;
  const refusal = judgeDrive(target.drive, wish);
  if (refusal === undefined) return;
  throw new LivewrightError('DEVICE_REFUSED', {
    message: refusal.message,
    hint: refusal.hint,
    data: { path: target.path, reason: refusal.reason },
  });
}

/**
 * Throws DEVICE_REFUSED where `/dev/sdb` is not the drive any more that the user was asked about, or has been mounted since:
 * while a question waits, sticks are pulled out and put in, and names are given again.
 */
export async function requireSame(target: Target, root = '/'): Promise<void> {
  if (target.kind !== 'device') return;
  const { path, drive } = target;
  const now = (await readDrives(root)).find(({ name }) => name === drive.name);
  const isSame = (['number', 'sizeBytes', 'serial', 'model', 'isReadOnly'] as const).every(
    (fact) => now?.[fact] === drive[fact],
  );
  if (now === undefined || !isSame) {
    throw refused(path, `${path} is not the drive any more that it was. Nothing was written.`);
  }
  requireWritable({ ...target, drive: now }, { isInternalMeant: true });
}

/** Throws DEVICE_UNUSABLE where this user may not write, so that nothing is fetched or asked in vain. */
export async function requireAccess({ kind, path }: Target): Promise<void> {
  if (kind !== 'device') return;
  await access(path, constants.R_OK | constants.W_OK).catch((error: unknown) => {
    throw explainOpen(error, path);
  });
}

function refused(path: string, message: string, hint?: string): LivewrightError {
  const advice = hint ?? 'See `lb write --list` for the drives there are.';
  return new LivewrightError('DEVICE_REFUSED', { message, hint: advice, data: { path } });
}

/** A sentence for a target that could not be opened for writing. */
export function explainOpen(error: unknown, path: string): unknown {
  const code = systemErrorCode(error);
  const told = code === undefined ? undefined : openFailures[code];
  if (told === undefined) return error;
  return new LivewrightError('DEVICE_UNUSABLE', {
    message: `${path} ${told.what}. Nothing was written.`,
    hint: told.hint,
    data: { path, cause: code },
    cause: error,
  });
}

const openFailures: Readonly<Record<string, { readonly what: string; readonly hint: string }>> = {
  EACCES: {
    what: 'may not be written to by this user',
    hint: 'Run the same command with sudo, or join the group that owns the device (`ls -l` shows it; `sudo adduser $USER disk`, then log in anew).',
  },
  EPERM: {
    what: 'may not be written to',
    hint: 'Run the same command with sudo; in a container the device must be allowed.',
  },
  EBUSY: {
    what: 'is in use by something that has claimed it: a mount in another namespace, a ZFS pool, or another program',
    hint: 'Close what uses it; `sudo lsof` with the name of the device may tell.',
  },
  EROFS: { what: 'is read-only', hint: 'Look for a lock switch on the card or stick.' },
  ENOMEDIUM: { what: 'has no medium in it', hint: 'Put a card or stick in.' },
  ENXIO: { what: 'has no device behind its name', hint: 'Plug it in again.' },
};
