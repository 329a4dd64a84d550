import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaTools } from '../tools.ts';
import { writeAt } from './bootCode.ts';
import type { WriteDataOptions } from './dataFileSystem.ts';
import { quote, runDebugfs } from './extInodes.ts';
import { extBlockBytes } from './extSize.ts';
import { patchSyslinux, type SyslinuxParts } from './patchArea.ts';
import { extractSyslinux, syslinuxFiles } from './syslinux.ts';
import type { TreeEntry } from './tree.ts';
import { type ExtType, sectorBytes, syslinuxDirectory } from './types.ts';

export interface InstallExtlinuxOptions extends WriteDataOptions {
  readonly type: ExtType;
  readonly entries: readonly TreeEntry[];
}

/**
 * What `extlinux --install` does, which wants the file system mounted: the loader as a file that stays where it is
 * (immutable), its sectors noted in itself and in the boot sector, in the first of the 1024 bytes that ext leaves free.
 */
export async function installExtlinux(tools: MediaTools, options: InstallExtlinuxOptions): Promise<void> {
  const { output, type, place } = options;
  const parts = await extractSyslinux(tools, options);
  const directory = `/${syslinuxDirectory(type)}`;
  await placeFiles(tools, options, parts);
  const sectors = await sectorsOfLoader(tools, options, parts.loader.length);
  const fitted = patchSyslinux(parts, { sectors, directory });
  const start = place.startSector * sectorBytes;
  await writeAt(output, [
    [start, withDiskFields(fitted.bootSector, options)],
    ...sectors.map((sector, index) => {
      const bytes = fitted.loader.subarray(index * sectorBytes, (index + 1) * sectorBytes);
      return [start + sector * sectorBytes, bytes] as const;
    }),
  ]);
}

/** Enters the two files. The loader's blocks are only taken: written with anything but zeros, which would be holes. */
async function placeFiles(
  tools: MediaTools,
  options: InstallExtlinuxOptions,
  { loader, secondHalf }: SyslinuxParts & { readonly secondHalf: string },
): Promise<void> {
  const { scratch, type, entries, epochSeconds } = options;
  const directory = syslinuxDirectory(type);
  const sources = [join(scratch, 'loader.place'), join(scratch, 'second.half')];
  await writeFile(sources[0]!, Buffer.alloc(loader.length, 0xff));
  await copyFile(secondHalf, sources[1]!);
  const known = new Set(entries.map(({ path }) => path));
  await runDebugfs(tools, options, [
    `cd ${quote(`/${directory}`)}`,
    ...syslinuxFiles.filter((name) => known.has(`${directory}/${name}`)).map((name) => `rm ${name}`),
    ...syslinuxFiles.map((name, index) => `write ${quote(sources[index]!)} ${name}`),
    ...syslinuxFiles.map((name) => `set_inode_field ${name} mode 0100444`),
    ...syslinuxFiles.map((name) => `set_inode_field ${name} mtime @${epochSeconds}`),
    `set_inode_field ${syslinuxFiles[0]} flags ${type === 'ext4' ? '0x80010' : '0x10'}`,
  ]);
}

async function sectorsOfLoader(tools: MediaTools, options: InstallExtlinuxOptions, bytes: number): Promise<number[]> {
  const path = quote(`/${syslinuxDirectory(options.type)}/${syslinuxFiles[0]}`);
  const count = Math.ceil(bytes / extBlockBytes);
  const commands = Array.from({ length: count }, (_, block) => `bmap ${path} ${block}`);
  const blocks = (await runDebugfs(tools, options, commands)).map(Number);
  if (blocks.length !== count || blocks.includes(0)) throw new Error(`ldlinux.sys has ${blocks.length} blocks`);
  const perBlock = extBlockBytes / sectorBytes;
  const sectors = blocks.flatMap((block) => Array.from({ length: perBlock }, (_, index) => block * perBlock + index));
  return sectors.slice(0, bytes / sectorBytes);
}

/**
 * The fields of a FAT's boot sector that syslinux's code looks at on any file system: it was written for FAT first.
 * A disk of 255 heads and 63 sectors a track is what a BIOS makes of one; with EDD nobody asks.
 */
function withDiskFields(bootSector: Buffer, { place }: WriteDataOptions): Buffer {
  const sector = Buffer.from(bootSector).fill(0, 0x0b, 0x5a);
  sector.writeUInt16LE(sectorBytes, 0x0b);
  sector.writeUInt16LE(place.sectors < 0x10000 ? place.sectors : 0, 0x13);
  sector.writeUInt16LE(63, 0x18);
  sector.writeUInt16LE(255, 0x1a);
  sector.writeUInt32LE(place.startSector, 0x1c);
  sector.writeUInt32LE(place.sectors, 0x20);
  return sector;
}
