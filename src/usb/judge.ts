import type { Drive, Use } from './drives.ts';
import { sizeText } from './sizes.ts';

export interface Wish {
  /** How much must fit; absent while drives are only listed. */
  readonly neededBytes?: number;
  /** The user has said that a disk which is not removable is meant. */
  readonly isInternalMeant?: boolean;
}

export interface Refusal {
  readonly reason: 'system' | 'mounted' | 'held' | 'read-only' | 'empty' | 'small' | 'internal' | 'stacked';
  /** One sentence. */
  readonly message: string;
  readonly hint: string;
}

/** Why `drive` must not be written to, the gravest reason first; undefined if it may. Pure. */
export function judgeDrive(drive: Drive, wish: Wish): Refusal | undefined {
  return (
    refuseStacked(drive) ??
    refuseSystem(drive) ??
    refuseUsed(drive) ??
    refuseMedium(drive) ??
    refuseSmall(drive, wish) ??
    refuseInternal(drive, wish)
  );
}

/** A drive that one can take out and carry away. eMMC (`MMC`) is soldered in; a USB disk says "not removable" of itself. */
export function isPortable({ bus, isRemovable, cardType }: Drive): boolean {
  if (bus === 'mmc') return cardType === 'SD';
  return isRemovable || bus === 'usb' || bus === 'optical' || bus === 'loop';
}

function refuseStacked({ bus, path }: Drive): Refusal | undefined {
  if (bus !== 'stacked') return undefined;
  return {
    reason: 'stacked',
    message: `${path} is no disk: the kernel makes it of other devices or of memory.`,
    hint: 'Name the disk itself; `lb write --list` shows the drives there are.',
  };
}

const systemPlaces = /^\/($|boot(\/|$)|(home|usr|var|etc|nix|gnu)$|var\/(lib|log|cache)$)/;

function refuseSystem({ path, uses }: Drive): Refusal | undefined {
  const use = uses.find(({ kind, place }) => kind === 'swap' || (kind === 'mount' && systemPlaces.test(place)));
  if (use === undefined) return undefined;
  return {
    reason: 'system',
    message: `${path} is a disk that this system runs from: ${describeUse(use)}.`,
    hint: 'Name another drive; `lb write --list` shows which may be written to.',
  };
}

function refuseUsed({ path, uses }: Drive): Refusal | undefined {
  const mounts = uses.filter(({ kind }) => kind === 'mount');
  if (mounts.length > 0) {
    return {
      reason: 'mounted',
      message: `${path} is mounted: ${mounts.map(describeUse).join(', ')}.`,
      hint: `Unmount it first: sudo umount ${mounts.map(({ place }) => quoted(place)).join(' ')}`,
    };
  }
  const held = uses.find(({ kind }) => kind === 'holder');
  if (held === undefined) return undefined;
  return {
    reason: 'held',
    message: `${path} is in use: ${describeUse(held)}.`,
    hint: 'Close it first: `cryptsetup close`, `vgchange -an` or `mdadm --stop`.',
  };
}

function refuseMedium({ path, sizeBytes, isReadOnly, bus }: Drive): Refusal | undefined {
  // A disc is judged by xorriso: a blank one has no size here, and every one looks read-only.
  if (bus === 'optical') return undefined;
  if (sizeBytes === 0) {
    return {
      reason: 'empty',
      message: `There is no medium in ${path}.`,
      hint: 'Put a card or stick in, and look at `lb write --list` again.',
    };
  }
  if (!isReadOnly) return undefined;
  return {
    reason: 'read-only',
    message: `${path} is read-only.`,
    hint: 'Many cards and some sticks have a small lock switch; a stick that is worn out also turns read-only for good.',
  };
}

function refuseSmall({ path, sizeBytes, bus }: Drive, { neededBytes = 0 }: Wish): Refusal | undefined {
  if (bus === 'optical' || sizeBytes >= neededBytes) return undefined;
  return {
    reason: 'small',
    message: `${path} is too small: it has ${sizeText(sizeBytes)} (${sizeBytes} bytes), and ${sizeText(neededBytes)} (${neededBytes} bytes) are needed.`,
    hint: 'Take a larger one.',
  };
}

function refuseInternal(drive: Drive, { isInternalMeant = false }: Wish): Refusal | undefined {
  if (isInternalMeant || isPortable(drive)) return undefined;
  return {
    reason: 'internal',
    message: `${drive.path} is not removable: ${drive.model || 'a disk'} at the ${drive.bus} bus.`,
    hint: 'If that disk is really meant, say so with --internal-disk.',
  };
}

/** `/dev/sdb1 is mounted on "/media/stick"` */
function describeUse({ device, kind, place }: Use): string {
  if (kind === 'mount') return `${device} is mounted on ${place}`;
  return kind === 'swap' ? `${device} is swap space` : `${device} is part of ${place}`;
}

function quoted(place: string): string {
  return /^[\w./-]+$/.test(place) ? place : `'${place.replaceAll("'", "'\\''")}'`;
}
