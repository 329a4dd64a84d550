import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { type Drive, parseMounts, parseSwaps, readDrives } from './drives.ts';
import { judgeDrive } from './judge.ts';
import { type FakeMachine, laptop, makeMachine } from './machine.testing.ts';

async function drivesOf(machine: FakeMachine): Promise<Map<string, Drive>> {
  const root = await tempDirectory();
  await makeMachine(root, machine);
  return new Map((await readDrives(root)).map((drive) => [drive.name, drive]));
}

test('a stick: model, serial of the USB device, bus, what is on it and where it is mounted', async () => {
  const stick = (await drivesOf(laptop)).get('sda');
  expect(stick).toMatchObject({
    path: '/dev/sda',
    model: 'SanDisk Ultra',
    serial: '4C530001230101117391',
    bus: 'usb',
    isRemovable: true,
    sizeBytes: 30 * 1024 ** 3,
    contents: ['sda1: vfat "BACKUP"'],
    uses: [{ device: '/dev/sda1', kind: 'mount', place: '/media/me/My Stick' }],
  });
});

test('a disk is used by all that is stacked upon it', async () => {
  expect((await drivesOf(laptop)).get('nvme0n1')?.uses).toEqual([
    { device: '/dev/nvme0n1p1', kind: 'mount', place: '/boot/efi' },
    { device: '/dev/nvme0n1p2', kind: 'holder', place: '/dev/mapper/crypt' },
    { device: '/dev/mapper/crypt', kind: 'holder', place: '/dev/mapper/vg-root' },
    { device: '/dev/mapper/crypt', kind: 'holder', place: '/dev/mapper/vg-swap' },
    { device: '/dev/mapper/vg-root', kind: 'mount', place: '/' },
    { device: '/dev/mapper/vg-swap', kind: 'swap', place: '' },
  ]);
});

const image = { neededBytes: 2 * 1024 ** 3 };

test.each([
  [
    'nvme0n1',
    image,
    'system',
    '/dev/nvme0n1 is a disk that this system runs from: /dev/nvme0n1p1 is mounted on /boot/efi.',
  ],
  ['dm-1', image, 'stacked', '/dev/dm-1 is no disk: the kernel makes it of other devices or of memory.'],
  ['zram0', image, 'stacked', '/dev/zram0 is no disk: the kernel makes it of other devices or of memory.'],
  ['sda', image, 'mounted', '/dev/sda is mounted: /dev/sda1 is mounted on /media/me/My Stick.'],
  ['sdb', image, undefined, undefined],
  [
    'sdb',
    { neededBytes: 16 * 1024 ** 3 },
    'small',
    '/dev/sdb is too small: it has 16.1 GB (16106127360 bytes), and 17.2 GB (17179869184 bytes) are needed.',
  ],
  ['sdc', image, 'empty', 'There is no medium in /dev/sdc.'],
  ['sdd', image, 'internal', '/dev/sdd is not removable: WDC WD10EZEX at the ata bus.'],
  ['sdd', { ...image, isInternalMeant: true }, undefined, undefined],
  ['nvme0n1', { ...image, isInternalMeant: true }, 'system', undefined],
  ['sde', image, 'read-only', '/dev/sde is read-only.'],
  ['mmcblk0', image, 'internal', '/dev/mmcblk0 is not removable: DF4064 at the mmc bus.'],
  ['mmcblk1', image, undefined, undefined],
  ['sr0', image, undefined, undefined],
] as const)('%s with %j: %s', async (name, wish, reason, message) => {
  const drive = (await drivesOf(laptop)).get(name);
  const refusal = judgeDrive(drive!, wish);
  expect(refusal?.reason).toBe(reason);
  if (message !== undefined) expect(refusal?.message).toBe(message);
});

test('how to unmount is said in words for a shell', async () => {
  const stick = (await drivesOf(laptop)).get('sda');
  expect(judgeDrive(stick!, {})?.hint).toBe("Unmount it first: sudo umount '/media/me/My Stick'");
});

const disk = (changes: Partial<FakeMachine['disks'][0]> = {}): FakeMachine['disks'][0] => ({
  name: 'sda',
  place: 'pci0000:00/0000:00:14.0/usb1/1-3/host0/0:0:0:0',
  number: '8:0',
  sectors: 20_000_000,
  partitions: [{ name: 'sda1', number: '8:1', sectors: 10_000_000 }],
  ...changes,
});

test.each<[string, FakeMachine, string | undefined]>([
  [
    'btrfs, whose numbers are its own',
    { disks: [disk()], mountinfo: ['22 1 0:31 /@ / rw - btrfs /dev/sda1 rw'] },
    'system',
  ],
  [
    'the whole disk without partitions',
    { disks: [disk()], mountinfo: ['22 1 8:0 / /mnt rw - ext4 /dev/sda rw'] },
    'mounted',
  ],
  ['swap on a partition', { disks: [disk()], swaps: ['/dev/sda1 partition 1 0 -2'] }, 'system'],
  [
    'a member of a RAID with the root on it',
    {
      disks: [
        disk({ partitions: [{ name: 'sda1', number: '8:1', sectors: 1, holders: ['md0'] }] }),
        {
          name: 'md0',
          place: 'virtual',
          number: '9:0',
          sectors: 1,
          partitions: [{ name: 'md0p1', number: '259:9', sectors: 1 }],
        },
      ],
      mountinfo: ['22 1 259:9 / / rw - ext4 /dev/md0p1 rw'],
    },
    'system',
  ],
  [
    'an opened LUKS container that nobody mounted',
    {
      disks: [
        disk({ holders: ['dm-7'] }),
        { name: 'dm-7', place: 'virtual', number: '253:7', sectors: 1, files: { 'dm/name': 'luks-1' } },
      ],
    },
    'held',
  ],
  [
    'the stick of a live system',
    { disks: [disk()], mountinfo: ['22 1 8:1 / /run/live/medium ro - iso9660 /dev/sda1 ro'] },
    'mounted',
  ],
  ['nothing', { disks: [disk()], mountinfo: ['22 1 0:5 / / rw - overlay overlay rw'] }, undefined],
])('%s', async (_, machine, reason) => {
  const drive = (await drivesOf(machine)).get('sda');
  expect(judgeDrive(drive!, {})?.reason).toBe(reason);
});

test('a stick of 16 partitions lists them by number', async () => {
  const partitions = [10, 2, 1].map((number) => ({ name: `sda${number}`, number: `8:${number}`, sectors: 1 }));
  const drives = await drivesOf({ disks: [disk({ partitions })] });
  expect(drives.get('sda')?.partitions.map(({ name }) => name)).toEqual(['sda1', 'sda2', 'sda10']);
});

test('escapes of mountinfo and swaps', () => {
  expect(parseMounts('36 35 98:0 / /a\\040b\\134c rw - ext3 /dev/x\\011y rw\n')).toEqual([
    { number: '98:0', mountPoint: '/a b\\c', source: '/dev/x\ty' },
  ]);
  expect(parseSwaps('Filename Type\n/swap\\040file file 1 0 -2\n')).toEqual(['/swap file']);
  expect([parseMounts(''), parseSwaps('')]).toEqual([[], []]);
});

test('this machine, whatever it is: its root disk is refused', async () => {
  const drives = await readDrives();
  const roots = drives.filter(({ uses }) => uses.some(({ kind, place }) => kind === 'mount' && place === '/'));
  for (const drive of roots) expect(judgeDrive(drive, { isInternalMeant: true })?.reason).toMatch(/system|stacked/);
  expect(drives.length).toBeGreaterThanOrEqual(roots.length);
});
