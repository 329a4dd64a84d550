import { basename, dirname, posix } from 'node:path';
import { type MediaTools, runTool } from '../tools.ts';
import { readAt, writeAt } from './bootCode.ts';
import type { WriteDataOptions } from './dataFileSystem.ts';
import { type FatGeometry, sectorsPerTrack } from './fatSize.ts';
import { deriveSerial } from './ids.ts';
import { installSyslinux } from './syslinux.ts';
import type { PlainTree, TreeFile } from './tree.ts';
import { type FatType, sectorBytes, syslinuxDirectory } from './types.ts';

export interface WriteFatOptions extends WriteDataOptions {
  readonly type: FatType;
  readonly geometry: FatGeometry;
  readonly tree: PlainTree;
}

/**
 * Makes the file system in its place in the image and fills it, by mkfs.fat and mtools. Every date is the epoch, from
 * SOURCE_DATE_EPOCH, and entries have the order of the tree.
 *
 * syslinux comes before the files: then its loader is in one piece at the front of the disk, where every BIOS can read,
 * and the sync(2) with which it ends has less to wait for.
 */
export async function writeFat(tools: MediaTools, options: WriteFatOptions): Promise<void> {
  const { output, place, settings, epochSeconds, tree, type } = options;
  const offsetBytes = place.startSector * sectorBytes;
  const drive: Drive = { image: `${output}@@${offsetBytes}`, write: [dirname(output)], epochSeconds };
  await runTool(tools, { argv: formatFatArgv(options), write: drive.write, epochSeconds });
  for (const paths of inChunks(tree.directories)) {
    await runMtool(tools, drive, { name: 'mmd', words: paths.map((path) => `::${path}`) });
  }
  if (settings.biosLoader === 'syslinux') {
    const target = { image: output, offsetBytes, directory: `/${syslinuxDirectory(type)}` };
    await installSyslinux(tools, { ...target, write: dirname(output), epochSeconds });
    if (type === 'fat32') await copyBootSector(output, offsetBytes);
  }
  await copyFiles(tools, drive, options);
}

export function formatFatArgv(options: WriteFatOptions): string[] {
  const { output, place, type, geometry, settings } = options;
  return [
    'mkfs.fat',
    ...['-F', type === 'fat16' ? '16' : '32'],
    ...['-s', String(geometry.sectorsPerCluster), '-S', String(sectorBytes)],
    // The label's date is a constant; the option also sets the serial number, so that comes after it.
    ...['--invariant', '-i', deriveSerial(options)],
    ...(settings.label === '' ? [] : ['-n', settings.label]),
    // A disk's usual geometry; and where the partition is, which boot sectors look up.
    ...['-g', `255/${sectorsPerTrack}`, '-h', String(place.startSector), '--mbr=no'],
    ...['--offset', String(place.startSector)],
    output,
    String((geometry.sectors * sectorBytes) / 1024),
  ];
}

/** FAT32's copy of its boot sector: the sixth after it, where mkfs.fat puts it. fsck.fat compares. */
async function copyBootSector(image: string, offsetBytes: number): Promise<void> {
  await writeAt(image, [[offsetBytes + 6 * sectorBytes, await readAt(image, offsetBytes, sectorBytes)]]);
}

interface Drive {
  /** As mtools name a file system in a file. */
  readonly image: string;
  readonly write: readonly string[];
  readonly epochSeconds: number;
}

interface Mtool {
  readonly name: 'mmd' | 'mcopy';
  readonly words: readonly string[];
  readonly read?: readonly string[];
}

async function runMtool(tools: MediaTools, drive: Drive, { name, words, read = [] }: Mtool): Promise<void> {
  const { image, write, epochSeconds } = drive;
  await runTool(tools, { argv: [name, '-i', image, ...words], read, write, epochSeconds });
}

/** One mcopy for each directory: it copies a whole tree too, but in the order in which this machine lists it. */
async function copyFiles(tools: MediaTools, drive: Drive, { tree, directory }: WriteFatOptions): Promise<void> {
  const read = [directory];
  for (const parent of ['.', ...tree.directories]) {
    const files = tree.files.filter(({ path }) => posix.dirname(path) === parent);
    const target = parent === '.' ? '::/' : `::${parent}/`;
    for (const chunk of inChunks(files.filter(keepsName))) {
      const sources = chunk.map(({ source }) => source);
      await runMtool(tools, drive, { name: 'mcopy', words: [...sources, target], read });
    }
    for (const { source, path } of files.filter((file) => !keepsName(file))) {
      await runMtool(tools, drive, { name: 'mcopy', words: [source, `::${path}`], read });
    }
  }
}

function keepsName({ source, path }: TreeFile): boolean {
  return basename(source) === basename(path);
}

/** Few enough for one command line. */
function inChunks<T>(items: readonly T[], size = 200): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
