import { rm, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { quote } from '../sandbox/mounts.ts';
import { type MediaTools, runTool } from './tools.ts';

export interface FatFile {
  /** Path on this machine; its modification time becomes the file's. */
  readonly source: string;
  /** Path in the image, without a leading slash. */
  readonly target: string;
}

export interface FatOptions {
  readonly image: string;
  readonly files: readonly FatFile[];
  readonly epochSeconds: number;
}

const clusterBytes = 2048;
const sectorBytes = 512;

/**
 * Makes a FAT image just big enough for its files, the same bytes every time: serial number and every date come from
 * the epoch, and files are entered in the order given.
 */
export async function makeFatImage(tools: MediaTools, { image, files, epochSeconds }: FatOptions): Promise<void> {
  const directories = parentDirectories(files.map((file) => file.target));
  const sizes = await Promise.all(files.map(async ({ source }) => (await stat(source)).size));
  const sectors = imageSectors(sizes, directories.length);
  await rm(image, { force: true });
  const commands = [
    formatArgv(image, sectors, epochSeconds),
    ['mmd', '-i', image, ...directories.map((path) => `::${path}`)],
    ...files.map(({ source, target }) => ['mcopy', '-m', '-i', image, source, `::${target}`]),
  ];
  const sources = new Set(files.map(({ source }) => posix.dirname(source)));
  const target = posix.dirname(image);
  // In one go: entering the sandbox takes longer than any of them.
  await runTool(tools, {
    argv: ['sh', '-ec', commands.map(quote).join('\n')],
    epochSeconds,
    read: [...sources].filter((directory) => directory !== target),
    // mformat creates the file, so its directory must be writable.
    write: [target],
  });
}

/** `EFI`, `EFI/boot`, ...: parents before children. */
export function parentDirectories(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    for (const index of parts.keys()) found.add(parts.slice(0, index + 1).join('/'));
  }
  return [...found];
}

/** Files and directories in whole clusters, 24 KiB for boot sector, two tables and root directory, rounded up to 32 KiB. */
export function imageSectors(sizes: readonly number[], directoryCount: number): number {
  const clusters = sizes.reduce((sum, size) => sum + Math.ceil(size / clusterBytes), directoryCount);
  // Each table takes 1.5 or 2 bytes for a cluster.
  const bytes = clusters * (clusterBytes + 4) + 24 * 1024;
  return (Math.ceil(bytes / (32 * 1024)) * 32 * 1024) / sectorBytes;
}

export function formatArgv(image: string, sectors: number, epochSeconds: number): string[] {
  const serial = (epochSeconds % 2 ** 32).toString(16).padStart(8, '0');
  const cluster = String(clusterBytes / sectorBytes);
  return [
    'mformat',
    '-i',
    image,
    '-C',
    '-T',
    String(sectors),
    '-h',
    '2',
    '-s',
    '32',
    '-c',
    cluster,
    '-N',
    serial,
    '::',
  ];
}
