import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, truncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export function host(...argv: readonly string[]): string {
  const [program = '', ...args] = argv;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
}

const MIB = 1024 * 1024;

function fillRandom(path: string, sizeBytes: number): void {
  const file = openSync(path, 'w');
  const chunk = Buffer.alloc(MIB);
  for (let at = 0; at < sizeBytes; at += MIB) writeSync(file, randomFillSync(chunk), 0, Math.min(MIB, sizeBytes - at));
  closeSync(file);
}

/** An image as sgdisk makes it: noise, a GPT, one EFI partition. Its size is no multiple of 4096. */
export function makeGptImage(directory: string, sizeMib = 21): string {
  const path = join(directory, 'gpt.img');
  fillRandom(path, sizeMib * MIB + 512);
  host(
    'sgdisk',
    '--zap-all',
    '--disk-guid=5c1f0d5e-0000-4000-8000-000000000001',
    '-n',
    `1:2048:+${sizeMib - 2}M`,
    '-t',
    '1:ef00',
    path,
  );
  return dated(path);
}

/** An image as live-build's hdd images are: an MBR with one partition. */
export function makeMbrImage(directory: string): string {
  const path = join(directory, 'mbr.img');
  fillRandom(path, 20 * MIB);
  // sfdisk leaves what it takes for boot code, and would take this noise for an old table.
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(512), 0, 512, 0);
  closeSync(file);
  execFileSync('/usr/sbin/sfdisk', ['-q', '--wipe', 'always', path], {
    input: 'label: dos\nstart=2048, size=36864, type=c, bootable\n',
  });
  return dated(path);
}

/** A hybrid ISO image in live-build's manner: isohybrid MBR without a protective entry, a GPT that overlaps. */
export function makeHybridIso(directory: string): string {
  const tree = join(directory, 'tree');
  mkdirSync(join(tree, 'isolinux'), { recursive: true });
  writeFileSync(join(tree, 'filler'), randomFillSync(Buffer.alloc(8 * MIB)));
  writeFileSync(join(tree, 'efi.img'), randomFillSync(Buffer.alloc(MIB)));
  for (const [name, from] of [
    ['isolinux.bin', 'ISOLINUX'],
    ['ldlinux.c32', 'syslinux/modules/bios'],
  ] as const) {
    execFileSync('cp', [join('/usr/lib', from, name), join(tree, 'isolinux')]);
  }
  const path = join(directory, 'hybrid.iso');
  host(
    ...['xorriso', '-as', 'mkisofs', '-V', 'HYBRID', '-J', '-l', '-o', path],
    ...['-isohybrid-mbr', '/usr/lib/ISOLINUX/isohdpfx.bin', '-b', 'isolinux/isolinux.bin', '-c', 'isolinux/boot.cat'],
    ...['-no-emul-boot', '-boot-load-size', '4', '-boot-info-table'],
    ...[
      '-eltorito-alt-boot',
      '-e',
      'efi.img',
      '-no-emul-boot',
      '-isohybrid-gpt-basdat',
      '-isohybrid-apm-hfsplus',
      tree,
    ],
  );
  return dated(path);
}

/** An image that takes some time to write: its MBR, and for the rest nothing, which costs no disk space. */
export function makeLargeImage(directory: string, sizeMib: number): string {
  const path = join(directory, 'large.img');
  writeFileSync(path, '');
  truncateSync(path, sizeMib * MIB);
  execFileSync('/usr/sbin/sfdisk', ['-q', path], { input: 'label: dos\nstart=2048, size=36864, type=c\n' });
  return dated(path);
}

function dated(path: string): string {
  utimesSync(path, 1_746_446_400, 1_746_446_400);
  return path;
}

export interface Part {
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly name?: string;
}

/** The partitions as sfdisk sees them, in sectors. */
export function partitionsOf(path: string): Part[] {
  return JSON.parse(host('sfdisk', '--json', path)).partitiontable.partitions;
}

/** A copy of one partition, for programs that judge file systems. */
export function extractPartition(path: string, { start, size }: Part): string {
  const copy = `${path}.part-${start}`;
  host(
    'dd',
    `if=${path}`,
    `of=${copy}`,
    'bs=1M',
    'iflag=skip_bytes,count_bytes',
    `skip=${start * 512}`,
    `count=${size * 512}`,
    'conv=sparse',
    'status=none',
  );
  truncateSync(copy, size * 512);
  return copy;
}
