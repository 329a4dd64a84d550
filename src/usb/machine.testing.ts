import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A disk of a made-up machine, in the words of sysfs. */
export interface FakeDisk {
  readonly name: string;
  /** Below /sys/devices, without `block/NAME`. */
  readonly place: string;
  readonly number: string;
  readonly sectors: number;
  /** More files: `removable`, `ro`, `device/model`, `dm/name` ... */
  readonly files?: Readonly<Record<string, string>>;
  readonly holders?: readonly string[];
  readonly partitions?: readonly {
    readonly name: string;
    readonly number: string;
    readonly sectors: number;
    readonly holders?: readonly string[];
  }[];
}

export interface FakeMachine {
  readonly disks: readonly FakeDisk[];
  readonly mountinfo?: readonly string[];
  readonly swaps?: readonly string[];
  /** Files by path below the root. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Writes /sys, /proc and /run/udev of a made-up machine below `root`, as a kernel and udev would show them. */
export async function makeMachine(root: string, machine: FakeMachine): Promise<void> {
  const swaps = ['Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority', ...(machine.swaps ?? [])];
  await write(join(root, 'proc/self/mountinfo'), `${(machine.mountinfo ?? []).join('\n')}\n`);
  await write(join(root, 'proc/swaps'), `${swaps.join('\n')}\n`);
  await mkdir(join(root, 'sys/block'), { recursive: true });
  for (const disk of machine.disks) await makeDisk(root, disk);
  for (const [path, text] of Object.entries(machine.files ?? {})) await write(join(root, path), text);
}

async function makeDisk(root: string, disk: FakeDisk): Promise<void> {
  const { name, place, number, sectors, files = {}, holders = [], partitions = [] } = disk;
  const directory = join(root, 'sys/devices', place, 'block', name);
  const all = {
    dev: number,
    size: String(sectors),
    removable: '0',
    ro: '0',
    'queue/logical_block_size': '512',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) await write(join(directory, path), `${text}\n`);
  await makeHolders(directory, holders);
  for (const [index, partition] of partitions.entries()) {
    const facts = { dev: partition.number, size: String(partition.sectors), partition: String(index + 1) };
    for (const [path, text] of Object.entries(facts)) await write(join(directory, partition.name, path), `${text}\n`);
    await makeHolders(join(directory, partition.name), partition.holders ?? []);
  }
  await symlink(join('../devices', place, 'block', name), join(root, 'sys/block', name));
}

async function makeHolders(directory: string, holders: readonly string[]): Promise<void> {
  await mkdir(join(directory, 'holders'), { recursive: true });
  for (const holder of holders) await mkdir(join(directory, 'holders', holder));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const GIB = 2 * 1024 * 1024;

/** A laptop: an NVMe disk with LUKS and LVM, a stick that is mounted, one that is not, an empty card reader, eMMC, a DVD. */
export const laptop: FakeMachine = {
  disks: [
    {
      name: 'nvme0n1',
      place: 'pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0',
      number: '259:0',
      sectors: 500 * GIB,
      files: { 'device/model': 'SAMSUNG MZVLB512HBJQ', 'device/serial': 'S4GENX0N123456' },
      partitions: [
        { name: 'nvme0n1p1', number: '259:1', sectors: GIB },
        { name: 'nvme0n1p2', number: '259:2', sectors: 499 * GIB, holders: ['dm-0'] },
      ],
    },
    {
      name: 'dm-0',
      place: 'virtual',
      number: '253:0',
      sectors: 499 * GIB,
      files: { 'dm/name': 'crypt' },
      holders: ['dm-1', 'dm-2'],
    },
    { name: 'dm-1', place: 'virtual', number: '253:1', sectors: 480 * GIB, files: { 'dm/name': 'vg-root' } },
    { name: 'dm-2', place: 'virtual', number: '253:2', sectors: 16 * GIB, files: { 'dm/name': 'vg-swap' } },
    {
      name: 'sda',
      place: 'pci0000:00/0000:00:14.0/usb1/1-3/1-3:1.0/host0/target0:0:0/0:0:0:0',
      number: '8:0',
      sectors: 30 * GIB,
      files: {
        removable: '1',
        'device/vendor': 'SanDisk',
        'device/model': 'Ultra',
        '../../../../../../idVendor': '0781',
        '../../../../../../serial': '4C530001230101117391',
      },
      partitions: [{ name: 'sda1', number: '8:1', sectors: 30 * GIB - 2048 }],
    },
    {
      name: 'sdb',
      place: 'pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host1/target1:0:0/1:0:0:0',
      number: '8:16',
      sectors: 15 * GIB,
      files: { removable: '1', 'device/vendor': 'Kingston', 'device/model': 'DataTraveler 3.0' },
      partitions: [
        { name: 'sdb1', number: '8:17', sectors: GIB },
        { name: 'sdb2', number: '8:18', sectors: 14 * GIB },
      ],
    },
    {
      name: 'sdc',
      place: 'pci0000:00/0000:00:14.0/usb2/2-2/2-2:1.0/host2/target2:0:0/2:0:0:0',
      number: '8:32',
      sectors: 0,
      files: { removable: '1', 'device/vendor': 'Generic', 'device/model': 'Card Reader' },
    },
    {
      name: 'sdd',
      place: 'pci0000:00/0000:00:17.0/ata3/host3/target3:0:0/3:0:0:0',
      number: '8:48',
      sectors: 1000 * GIB,
      files: { 'device/vendor': 'ATA', 'device/model': 'WDC WD10EZEX' },
    },
    {
      name: 'sde',
      place: 'pci0000:00/0000:00:14.0/usb2/2-4/2-4:1.0/host4/target4:0:0/4:0:0:0',
      number: '8:64',
      sectors: 8 * GIB,
      files: { removable: '1', ro: '1', 'device/model': 'Locked' },
    },
    {
      name: 'mmcblk0',
      place: 'pci0000:00/0000:00:1a.0/mmc_host/mmc0/mmc0:0001',
      number: '179:0',
      sectors: 64 * GIB,
      files: { 'device/type': 'MMC', 'device/name': 'DF4064' },
    },
    {
      name: 'mmcblk1',
      place: 'pci0000:00/0000:00:1b.0/mmc_host/mmc1/mmc1:aaaa',
      number: '179:8',
      sectors: 64 * GIB,
      files: { 'device/type': 'SD', 'device/name': 'SN64G' },
    },
    {
      name: 'sr0',
      place: 'pci0000:00/0000:00:17.0/ata2/host5/target5:0:0/5:0:0:0',
      number: '11:0',
      sectors: 2_097_151,
      files: { removable: '1', 'device/model': 'DVD-RW' },
    },
    { name: 'zram0', place: 'virtual', number: '252:0', sectors: GIB },
    { name: 'loop0', place: 'virtual', number: '7:0', sectors: 0 },
  ],
  mountinfo: [
    '22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw',
    '30 22 259:1 / /boot/efi rw,relatime shared:12 - vfat /dev/nvme0n1p1 rw',
    '90 22 8:1 / /media/me/My\\040Stick rw,nosuid shared:40 - vfat /dev/sda1 rw',
    '91 22 0:55 / /proc rw - proc proc rw',
  ],
  swaps: ['/dev/dm-2                               partition\t16777212\t0\t\t-2'],
  files: {
    'run/udev/data/b8:1': 'S:disk/by-label/My\\x20Stick\nE:ID_FS_TYPE=vfat\nE:ID_FS_LABEL=BACKUP\n',
    'run/udev/data/b8:17': 'E:ID_FS_TYPE=iso9660\nE:ID_FS_LABEL=Debian 12\n',
    'run/udev/data/b8:18': 'E:ID_FS_TYPE=ext4\n',
  },
};
