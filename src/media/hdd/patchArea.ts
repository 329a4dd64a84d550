import { sectorBytes } from './types.ts';

/** syslinux as it is before it is fitted to one file system. */
export interface SyslinuxParts {
  /** One sector. */
  readonly bootSector: Buffer;
  /** `ldlinux.sys`: the loader, and at its end two sectors for what it remembers from boot to boot. */
  readonly loader: Buffer;
}

export interface SyslinuxPlace {
  /** For each sector of `ldlinux.sys` where it is, counted from the start of the file system. */
  readonly sectors: readonly number[];
  /** The directory whose configuration is read, `/boot/extlinux`. */
  readonly directory: string;
}

const magic = 0x3eb202fe;
const rememberedSectors = 2;
const extentBytes = 10;
const longestExtent = 127;

/**
 * Fits syslinux to a file system: tells its boot sector and its loader where the loader's sectors are. Done by
 * `syslinux` and `extlinux` when they install; the latter only does so on a file system that is mounted.
 *
 * ```
 * patch area, at the magic number, 8-byte aligned  extended patch area, at "extended"; 16-bit fields, offsets
 *  0 u32 magic                                      0 two u64: the remembered sectors
 *  4 u32 instance                                   2 the directory's name   4 bytes for it
 *  8 u16 sectors of code                            6 a subvolume's name     8 bytes for it
 * 10 u16 remembered sectors                        10 the extents           12 how many fit
 * 12 u32 dwords of code                            14 in the boot sector: u32 first sector, low half
 * 16 u32 checksum: all dwords add up to the magic  16 in the boot sector: u32 first sector, high half
 * 20 u16 sectors at a time                         18 in the boot sector: two bytes for RAID
 * 22 u16 extended
 * ```
 * An extent is a u64 sector and a u16 count of at most 127. The first sector of the loader, which the boot sector
 * loads, is not among them.
 * Source: struct patch_area, ext_patch_area and syslinux_extent in syslinux's libinstaller/syslxint.h, and what
 * Debian's `syslinux` writes (the end-to-end test compares).
 */
export function patchSyslinux(parts: SyslinuxParts, place: SyslinuxPlace): SyslinuxParts {
  const bootSector = Buffer.from(parts.bootSector);
  const loader = Buffer.from(parts.loader);
  const area = findArea(loader);
  const code = loader.subarray(0, loader.length - rememberedSectors * sectorBytes);
  const codeSectors = code.length / sectorBytes;
  if (place.sectors.length !== codeSectors + rememberedSectors) {
    throw new Error(`ldlinux.sys has ${codeSectors + rememberedSectors} sectors, not ${place.sectors.length}`);
  }
  writeU64Halves(bootSector, [area.firstSectorLow, area.firstSectorHigh], place.sectors[0]!);
  code.writeUInt16LE(codeSectors, area.offset + 8);
  code.writeUInt16LE(rememberedSectors, area.offset + 10);
  code.writeUInt32LE(code.length / 4, area.offset + 12);
  writeExtents(code, area, sectorExtents(place.sectors.slice(1, codeSectors)));
  for (const [index, sector] of place.sectors.slice(codeSectors).entries()) {
    code.writeBigUInt64LE(BigInt(sector), area.remembered + 8 * index);
  }
  writeName(code, area.directory, place.directory);
  writeName(code, area.subvolume, '');
  writeChecksum(code, area.offset + 16);
  return { bootSector, loader };
}

interface Field {
  readonly offset: number;
  readonly bytes: number;
}

interface PatchArea {
  readonly offset: number;
  readonly remembered: number;
  readonly directory: Field;
  readonly subvolume: Field;
  readonly extents: Field;
  readonly firstSectorLow: number;
  readonly firstSectorHigh: number;
}

function findArea(loader: Buffer): PatchArea {
  const words = Math.floor(loader.length / 8);
  const index = Array.from({ length: words }, (_, word) => word * 8).find((at) => loader.readUInt32LE(at) === magic);
  if (index === undefined || loader.length % sectorBytes !== 0) throw new Error('this is no ldlinux.sys of syslinux 6');
  const extended = loader.readUInt16LE(index + 22);
  const field = (at: number): number => loader.readUInt16LE(extended + at);
  return {
    offset: index,
    remembered: field(0),
    directory: { offset: field(2), bytes: field(4) },
    subvolume: { offset: field(6), bytes: field(8) },
    extents: { offset: field(10), bytes: field(12) * extentBytes },
    firstSectorLow: field(14),
    firstSectorHigh: field(16),
  };
}

interface SectorExtent {
  readonly sector: number;
  readonly count: number;
}

/** Runs of neighbours, none of 64 KiB or more. */
export function sectorExtents(sectors: readonly number[]): SectorExtent[] {
  const extents: SectorExtent[] = [];
  for (const sector of sectors) {
    const last = extents.at(-1);
    if (last && sector === last.sector + last.count && last.count < longestExtent) {
      extents[extents.length - 1] = { sector: last.sector, count: last.count + 1 };
    } else extents.push({ sector, count: 1 });
  }
  return extents;
}

function writeExtents(code: Buffer, { extents: field }: PatchArea, extents: readonly SectorExtent[]): void {
  if (extents.length * extentBytes > field.bytes) throw new Error(`ldlinux.sys is in ${extents.length} pieces`);
  code.fill(0, field.offset, field.offset + field.bytes);
  for (const [index, { sector, count }] of extents.entries()) {
    code.writeBigUInt64LE(BigInt(sector), field.offset + index * extentBytes);
    code.writeUInt16LE(count, field.offset + index * extentBytes + 8);
  }
}

function writeName(code: Buffer, field: Field, name: string): void {
  if (Buffer.byteLength(name) >= field.bytes) throw new Error(`"${name}" is too long for syslinux`);
  code.fill(0, field.offset, field.offset + field.bytes);
  code.write(name, field.offset);
}

function writeU64Halves(target: Buffer, [low, high]: readonly [number, number], value: number): void {
  target.writeUInt32LE(value % 2 ** 32, low);
  target.writeUInt32LE(Math.floor(value / 2 ** 32), high);
}

function writeChecksum(code: Buffer, offset: number): void {
  code.writeUInt32LE(0, offset);
  let sum = magic;
  for (let at = 0; at < code.length; at += 4) sum = (sum - code.readUInt32LE(at)) >>> 0;
  code.writeUInt32LE(sum, offset);
}
