import { SECTOR_BYTES } from './sizes.ts';

/**
 * The partition table of a master boot record, in the first 512 bytes of a disk (UEFI specification, 5.2.1):
 *
 * ```
 * 0     boot code, and in isohybrid images whatever they like
 * 446   4 entries of 16 bytes:  0 status   1 CHS first   4 type   5 CHS last   8 first sector   12 sectors   (little-endian)
 * 510   55 AA
 * ```
 */
export interface MbrEntry {
  /** 0 to 3. */
  readonly slot: number;
  readonly type: number;
  readonly firstSector: number;
  readonly sectors: number;
}

const TABLE = 446;
const ENTRY = 16;
export const PROTECTIVE = 0xee;
/** Above this a sector has no number in an MBR. */
export const MBR_SECTORS = 0xffff_ffff;

/** The entries in use, undefined where there is no MBR. One of type 0 that covers something is in use (isohybrid has it). */
export function parseMbr(sector: Buffer): MbrEntry[] | undefined {
  if (sector.length < SECTOR_BYTES || sector.readUInt16LE(510) !== 0xaa55) return undefined;
  return [0, 1, 2, 3].flatMap((slot) => {
    const entry = sector.subarray(TABLE + slot * ENTRY, TABLE + (slot + 1) * ENTRY);
    if (entry.every((byte) => byte === 0)) return [];
    return [{ slot, type: entry.readUInt8(4), firstSector: entry.readUInt32LE(8), sectors: entry.readUInt32LE(12) }];
  });
}

/** `sector` with one more entry; all else stays, byte for byte. */
export function withMbrEntry(sector: Buffer, { slot, type, firstSector, sectors }: MbrEntry): Buffer {
  const changed = Buffer.from(sector);
  const entry = changed.subarray(TABLE + slot * ENTRY, TABLE + (slot + 1) * ENTRY);
  // Cylinder 1023, head 254, sector 63: "see the sector numbers".
  entry.set([0, 0xfe, 0xff, 0xff, type, 0xfe, 0xff, 0xff]);
  entry.writeUInt32LE(firstSector, 8);
  entry.writeUInt32LE(sectors, 12);
  return changed;
}

/** `sector` with its protective entry made to cover the whole disk. */
export function withGrownProtection(sector: Buffer, diskSectors: number): Buffer {
  const changed = Buffer.from(sector);
  for (const { slot, type, firstSector } of parseMbr(sector) ?? []) {
    const sectors = Math.min(diskSectors - firstSector, MBR_SECTORS);
    if (type === PROTECTIVE) changed.writeUInt32LE(sectors, TABLE + slot * ENTRY + 12);
  }
  return changed;
}
