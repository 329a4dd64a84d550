import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeContent, probeFile } from './probe.ts';
import { type BlockDisk, type BlockNode, readBlockDisks } from './sysfs.ts';

/** What a part of a drive is in use for at this moment. */
export interface Use {
  /** The device in use: `/dev/sdb1`, `/dev/mapper/vg-root`. */
  readonly device: string;
  readonly kind: 'mount' | 'swap' | 'holder';
  /** The mount point; empty for swap; the name of what holds the device. */
  readonly place: string;
}

export interface Drive extends BlockDisk {
  readonly path: string;
  readonly uses: readonly Use[];
  /** One line per thing found: `sdb1: vfat "BACKUP"`. */
  readonly contents: readonly string[];
}

/**
 * The drives of this machine: /sys/block, /proc/self/mountinfo, /proc/swaps and what udev knows about contents, read below
 * `root` ('/' outside of tests). Starts no program, changes nothing, needs no privilege.
 */
export async function readDrives(root = '/'): Promise<Drive[]> {
  const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => '');
  const [disks, mounts, swaps] = [
    await readBlockDisks(root),
    await read('proc/self/mountinfo'),
    await read('proc/swaps'),
  ];
  const table = { disks, mounts: parseMounts(mounts), swaps: parseSwaps(swaps) };
  return Promise.all(
    disks.map(async (disk) => ({
      ...disk,
      path: disk.paths[0] ?? '',
      uses: findUses(disk, table),
      contents: (await Promise.all([disk, ...disk.partitions].map((node) => readContents(root, node)))).flat(),
    })),
  );
}

interface Mount {
  readonly number: string;
  readonly mountPoint: string;
  readonly source: string;
}

/** proc(5), /proc/self/mountinfo: `36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw`. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , number, , mountPoint] = before.split(' ');
    const source = after.split(' ')[1];
    return number === undefined || mountPoint === undefined || source === undefined
      ? []
      : [{ number, mountPoint: unescapeOctal(mountPoint), source: unescapeOctal(source) }];
  });
}

/** The first column of /proc/swaps below its heading. */
export function parseSwaps(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => (line.startsWith('/') ? [unescapeOctal(line.split(/\s/)[0] ?? '')] : []));
}

/** Space, tab, newline and backslash are octal there. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

interface Table {
  readonly disks: readonly BlockDisk[];
  readonly mounts: readonly Mount[];
  readonly swaps: readonly string[];
}

/** Uses of the disk, its partitions, and everything stacked upon them. */
function findUses(disk: BlockDisk, table: Table): Use[] {
  const stack = withHolders([disk, ...disk.partitions], table.disks);
  const uses = stack.flatMap((node) => {
    const device = node.paths.at(-1) ?? '';
    // btrfs has numbers of its own in mountinfo (0:NN), so the source is compared as well.
    const mounted = table.mounts.filter(({ number, source }) => number === node.number || node.paths.includes(source));
    const swapping = table.swaps.filter((path) => node.paths.includes(path));
    return [
      ...mounted.map(({ mountPoint }): Use => ({ device, kind: 'mount', place: mountPoint })),
      ...swapping.map((): Use => ({ device, kind: 'swap', place: '' })),
      ...node.holders.map((holder): Use => ({ device, kind: 'holder', place: nameOf(holder, table.disks) })),
    ];
  });
  return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()];
}

function withHolders(nodes: readonly BlockNode[], disks: readonly BlockDisk[]): BlockNode[] {
  const found = new Map<string, BlockNode>();
  const visit = (node: BlockNode): void => {
    if (found.has(node.name)) return;
    found.set(node.name, node);
    for (const holder of node.holders) {
      const above = disks.find(({ name }) => name === holder);
      for (const next of above === undefined ? [] : [above, ...above.partitions]) visit(next);
    }
  };
  for (const node of nodes) visit(node);
  return [...found.values()];
}

function nameOf(holder: string, disks: readonly BlockDisk[]): string {
  return disks.find(({ name }) => name === holder)?.paths.at(-1) ?? `/dev/${holder}`;
}

/**
 * What udev found on it (its database is world-readable: /run/udev/data/b8:17, lines `E:ID_FS_TYPE=vfat`); where there is no
 * udev, what we can read there ourselves.
 */
async function readContents(root: string, node: BlockNode): Promise<string[]> {
  const text = await readFile(join(root, 'run/udev/data', `b${node.number}`), 'utf8').catch(() => '');
  const value = (name: string) => new RegExp(`^E:${name}=(.*)$`, 'm').exec(text)?.[1];
  const type = value('ID_FS_TYPE');
  const told = type === undefined ? undefined : { type, label: value('ID_FS_LABEL') ?? '' };
  // Opening an optical drive would pull its tray in.
  const mayOpen = node.sizeBytes > 0 && !node.name.startsWith('sr');
  const found = told ?? (mayOpen ? await probeFile(join(root, node.paths[0] ?? '')) : undefined);
  return found === undefined ? [] : [`${node.name}: ${describeContent(found)}`];
}
