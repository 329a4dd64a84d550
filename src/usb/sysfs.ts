import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SECTOR_BYTES } from './sizes.ts';

/** A block device as the kernel shows it in /sys/block: a disk, a partition, or what is stacked upon them. */
export interface BlockNode {
  /** `sdb`, `sdb1`, `dm-0`. */
  readonly name: string;
  /** `8:16`, as in /proc/self/mountinfo. */
  readonly number: string;
  readonly sizeBytes: number;
  /** `/dev/sdb`, and `/dev/mapper/NAME` where device-mapper made it. */
  readonly paths: readonly string[];
  /** Names of the devices that are made of this one: LVM volumes, RAID arrays, opened LUKS containers. */
  readonly holders: readonly string[];
}

/** A whole disk with its partitions. */
export interface BlockDisk extends BlockNode {
  readonly partitions: readonly BlockNode[];
  readonly isRemovable: boolean;
  readonly isReadOnly: boolean;
  readonly blockBytes: number;
  readonly bus: Bus;
  readonly model: string;
  readonly serial: string;
  /** `SD` or `MMC` in a card reader of its own bus. */
  readonly cardType: string;
}

export type Bus = 'usb' | 'mmc' | 'nvme' | 'ata' | 'virtio' | 'optical' | 'loop' | 'stacked' | 'other';

/** All block devices below `root`/sys/block (sysfs; Documentation/ABI/stable/sysfs-block). */
export async function readBlockDisks(root: string): Promise<BlockDisk[]> {
  const names = await readdir(join(root, 'sys/block')).catch(() => []);
  return Promise.all(names.sort().map((name) => readDisk(root, name)));
}

async function readDisk(root: string, name: string): Promise<BlockDisk> {
  const directory = join(root, 'sys/block', name);
  const place = await readlink(directory).catch(() => '');
  const read = (path: string) => readLine(join(directory, path));
  const node = await readNode(directory, name);
  const entries = await readdir(directory).catch(() => []);
  const isPartition = await Promise.all(entries.map(async (entry) => (await read(`${entry}/partition`)) !== ''));
  const parts = entries.filter((_, index) => isPartition[index]).sort(byNumber);
  return {
    ...node,
    partitions: await Promise.all(parts.map((part) => readNode(join(directory, part), part))),
    isRemovable: (await read('removable')) === '1',
    isReadOnly: (await read('ro')) === '1',
    blockBytes: Number(await read('queue/logical_block_size')) || SECTOR_BYTES,
    bus: busOf(name, place),
    model: [await read('device/vendor'), (await read('device/model')) || (await read('device/name'))]
      // PCI ids are no names.
      .filter((word) => word !== '' && !word.startsWith('0x') && word !== 'ATA')
      .join(' '),
    serial: (await read('serial')) || (await read('device/serial')) || (await usbSerial(root, directory, place)),
    cardType: await read('device/type'),
  };
}

async function readNode(directory: string, name: string): Promise<BlockNode> {
  const mapped = await readLine(join(directory, 'dm/name'));
  return {
    name,
    number: await readLine(join(directory, 'dev')),
    // Always in units of 512 bytes, whatever the device's own are.
    sizeBytes: Number(await readLine(join(directory, 'size'))) * SECTOR_BYTES,
    // In sysfs a slash of the node's name is an exclamation mark (cciss!c0d0).
    paths: [`/dev/${name.replaceAll('!', '/')}`, ...(mapped === '' ? [] : [`/dev/mapper/${mapped}`])],
    holders: (await readdir(join(directory, 'holders')).catch(() => [])).sort(),
  };
}

const buses: readonly (readonly [Bus, RegExp])[] = [
  ['usb', /\/usb\d/],
  ['mmc', /\/mmc_host\//],
  ['nvme', /\/nvme\//],
  ['ata', /\/ata\d/],
  ['virtio', /\/virtio\d/],
];

function busOf(name: string, place: string): Bus {
  if (/^sr\d/.test(name)) return 'optical';
  if (name.startsWith('loop')) return 'loop';
  if (/^(dm-|md|zram|ram|bcache|drbd)/.test(name)) return 'stacked';
  return buses.find(([, pattern]) => pattern.test(place))?.[0] ?? 'other';
}

/** A stick's serial number stands some directories up, at the USB device that has a vendor id. */
async function usbSerial(root: string, directory: string, place: string): Promise<string> {
  if (!/\/usb\d/.test(place)) return '';
  const absolute = join(directory, '..', place);
  for (let at = absolute; at.length > join(root, 'sys').length; at = join(at, '..')) {
    if ((await readLine(join(at, 'idVendor'))) !== '') return readLine(join(at, 'serial'));
  }
  return '';
}

function byNumber(one: string, other: string): number {
  return trailing(one) - trailing(other);
}

function trailing(name: string): number {
  return Number(/\d+$/.exec(basename(name))?.[0] ?? 0);
}

async function readLine(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}
