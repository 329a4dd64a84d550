import { dirname, join } from 'node:path';
import { pipeRoot, type RootTree, type SolidFile } from '../rootTree.ts';
import { type MediaTools, runTool } from '../tools.ts';
import type { DataFileSystem, WriteDataOptions } from './dataFileSystem.ts';
import { quote, runDebugfs, sealExt } from './extInodes.ts';
import { installExtlinux } from './extlinux.ts';
import { type ExtSize, extBlockBytes, extSize } from './extSize.ts';
import { deriveUuid } from './ids.ts';
import { readTree, type TreeEntry } from './tree.ts';
import { type BuildHddOptions, type ExtType, sectorBytes } from './types.ts';

/** The medium's tree as an ext2, ext3 or ext4 file system. */
export async function planExt({ directory, root }: BuildHddOptions, type: ExtType): Promise<DataFileSystem> {
  const entries = await readTree(directory);
  const size = withRoot(extSize(type, entries), root);
  return {
    partitionType: 'linuxData',
    leastSectors: size.bytes / sectorBytes,
    fit: () => (tools, options) => writeExt(tools, { ...options, type, size, entries }),
  };
}

function withRoot(size: ExtSize, root: RootTree | undefined): ExtSize {
  if (root === undefined) return size;
  const mib = 1024 * 1024;
  const bytes = Math.ceil((size.bytes + root.blocks * extBlockBytes) / mib) * mib;
  return { ...size, bytes, inodes: size.inodes + root.inodes + spareRootInodes };
}

/** For what such a system writes once it runs. */
const spareRootInodes = 8192;

interface WriteExtOptions extends WriteDataOptions {
  readonly type: ExtType;
  readonly size: ExtSize;
  readonly entries: readonly TreeEntry[];
}

/** Makes the file system in its place in the image with all files in it, by mke2fs and debugfs: nothing is mounted. */
async function writeExt(tools: MediaTools, options: WriteExtOptions): Promise<void> {
  const { output, directory, epochSeconds, settings } = options;
  const argv = formatExtArgv(options);
  if (options.root) {
    await pipeRoot(tools, { ...options, root: options.root, argv });
    await runDebugfs(tools, options, options.root.solid.map(fillHoles));
  } else {
    await runTool(tools, { argv, read: [directory], write: [dirname(output)], epochSeconds });
    await sealExt(tools, options);
  }
  if (settings.biosLoader === 'syslinux') await installExtlinux(tools, options);
}

function fillHoles({ path, sizeMib }: SolidFile): string {
  const blocks = (sizeMib * 1024 * 1024) / extBlockBytes;
  return `fallocate ${quote(join('/', path))} 0 ${blocks - 1}`;
}

/**
 * The features are named one by one, so that neither the version nor its mke2fs.conf decides. Those that syslinux 6.04
 * does not know stay away: 64bit and metadata_csum, and what builds on them.
 */
export const extFeatures: Readonly<Record<ExtType, readonly string[]>> = {
  ext2: ['ext_attr', 'dir_index', 'filetype', 'sparse_super', 'large_file'],
  ext3: ['ext_attr', 'dir_index', 'filetype', 'sparse_super', 'large_file', 'has_journal'],
  ext4: [
    ...['ext_attr', 'dir_index', 'filetype', 'sparse_super', 'large_file', 'has_journal'],
    ...['extent', 'flex_bg', 'huge_file', 'dir_nlink', 'extra_isize'],
  ],
};

export function formatExtArgv(options: WriteExtOptions): string[] {
  const { output, directory, place, type, size, settings, root } = options;
  const uuid = deriveUuid(options, 'file system');
  const extended = [
    `offset=${place.startSector * sectorBytes}`,
    `hash_seed=${uuid}`,
    'root_owner=0:0',
    // Neither the host's attributes nor work left for the first mount.
    ...(root ? [] : ['no_copy_xattrs']),
    ...['nodiscard', 'lazy_itable_init=0', 'lazy_journal_init=0'],
  ];
  return [
    ...['mke2fs', '-q', '-F', '-t', type],
    ...['-O', ['none', ...extFeatures[type]].join(',')],
    ...['-b', String(extBlockBytes), '-I', '256', '-N', String(size.inodes), '-m', '0'],
    ...(size.journalMib === 0 ? [] : ['-J', `size=${size.journalMib}`]),
    ...(settings.label === '' ? [] : ['-L', settings.label]),
    ...['-U', uuid, '-E', extended.join(','), '-d', root ? '-' : directory],
    output,
    String(Math.floor((place.sectors * sectorBytes) / extBlockBytes)),
  ];
}
