import { posix } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import type { DataFileSystem } from './dataFileSystem.ts';
import { checkFatTree } from './fatNames.ts';
import { type CountClusters, directoryBytes, fatOfSize, smallestFat } from './fatSize.ts';
import { writeFat } from './fatWriter.ts';
import { syslinuxFiles } from './syslinux.ts';
import { type PlainTree, readTree, withoutLinks } from './tree.ts';
import { type BuildHddOptions, type FatType, sectorBytes, syslinuxDirectory } from './types.ts';

/** Room for ldlinux.sys and ldlinux.c32, and for what a user puts beside the live system. */
const slackShare = 0.03;
const slackBytes = 1024 * 1024;

/** The medium's tree as a FAT file system; refuses what FAT cannot hold. */
export async function planFat({ directory, settings }: BuildHddOptions, type: FatType): Promise<DataFileSystem> {
  const whole = await withoutLinks(directory, await readTree(directory));
  checkFatTree(whole, type);
  const tree = settings.biosLoader === 'syslinux' ? withoutSyslinux(whole, syslinuxDirectory(type)) : whole;
  const count = countClusters(tree);
  const contentBytes = count(sectorBytes) * sectorBytes;
  const smallest = smallestFat(type, count, slackBytes + Math.ceil(contentBytes * slackShare));
  if (!smallest) throw tooBig(type, contentBytes, 'The files of this medium take');
  return {
    partitionType: 'basicData',
    leastSectors: smallest.sectors,
    fit: (sectors) => {
      const geometry = fatOfSize(type, count, sectors);
      if (!geometry) throw tooBig(type, sectors * sectorBytes, 'With this --hdd-size the data partition takes');
      return (tools, options) => writeFat(tools, { ...options, type, geometry, tree });
    },
  };
}

/** Without what syslinux installs itself; the menu's own copy of it, if any, would be in the way. */
function withoutSyslinux(tree: PlainTree, directory: string): PlainTree {
  const own = new Set(syslinuxFiles.map((name) => `${directory}/${name}`));
  return { ...tree, files: tree.files.filter(({ path }) => !own.has(path)) };
}

function countClusters({ directories, files }: PlainTree): CountClusters {
  const names = new Map<string, string[]>(['.', ...directories].map((path) => [path, []]));
  for (const path of [...directories, ...files.map((file) => file.path)]) {
    names.get(posix.dirname(path))?.push(posix.basename(path));
  }
  const sizes = [...[...names.values()].map(directoryBytes), ...files.map(({ sizeBytes }) => sizeBytes)];
  return (clusterBytes) => sizes.reduce((sum, bytes) => sum + Math.ceil(bytes / clusterBytes), 0);
}

function tooBig(type: FatType, bytes: number, subject: string): LivewrightError {
  const mib = Math.ceil(bytes / 2 ** 20);
  const limit = type === 'fat16' ? '2 GiB, with clusters of the 32 KiB that every system reads' : '8 TiB';
  return new LivewrightError('CONFIG_VALUE', {
    message: `${subject} ${mib} MiB, and ${type} ends at ${limit}.`,
    hint: `Use --binary-filesystem ${type === 'fat16' ? 'fat32' : 'ext4'}.`,
    data: { filesystem: type, sizeMib: mib },
  });
}
