import { LivewrightError } from '../errors.ts';
import { grubEltoritoPath } from './biosGrub.ts';
import { efiImagePath } from './efi.ts';
import { isoStamp, shortStamp } from './epoch.ts';
import type { MediumSettings } from './settings.ts';

export interface IsoOptions {
  readonly settings: MediumSettings;
  /** The medium's directory and the image, as the program sees them. */
  readonly directory: string;
  readonly output: string;
  readonly epochSeconds: number;
  /** Disk GUID of the partition table; the partitions' are derived from it. */
  readonly uuid: string;
}

const isolinuxMbr = '/usr/lib/ISOLINUX/isohdpfx.bin';
const grubMbr = '/usr/lib/grub/i386-pc/boot_hybrid.img';
const efiSystemPartition = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const basicData = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';

/** The command line that makes the image. The order of options matters to xorriso. */
export function xorrisoArgv(options: IsoOptions): string[] {
  return [
    // Nothing from the user's or the system's xorriso configuration.
    'xorriso',
    '-no_rc',
    ...['-as', 'mkisofs'],
    ...fileSystem(options),
    ...names(options),
    ...biosBoot(options.settings),
    ...efiBoot(options.settings),
    ...(options.settings.imageType === 'iso-hybrid' ? partitions(options) : []),
    ...['-o', options.output],
    options.directory,
  ];
}

/** The command line that makes an image that nothing starts from. */
export function plainIsoArgv(options: Omit<IsoOptions, 'uuid'>): string[] {
  const argv = ['xorriso', '-no_rc', '-as', 'mkisofs', ...fileSystem(options), ...names(options)];
  return [...argv, '-o', options.output, options.directory];
}

function fileSystem({ epochSeconds }: Pick<IsoOptions, 'epochSeconds'>): string[] {
  const stamp = isoStamp(epochSeconds);
  return [
    ...['-r', '-J', '-joliet-long', '-l', '-cache-inodes'],
    ...['-iso-level', '3'],
    // A file's own date depends on when it was checked out, copied or stored.
    `--modification-date=${stamp}`,
    ...['--set_all_file_dates', stamp],
  ];
}

function names({ settings, epochSeconds }: Pick<IsoOptions, 'settings' | 'epochSeconds'>): string[] {
  const volume = settings.isoVolume.replaceAll('@ISOVOLUME_TS@', shortStamp(epochSeconds));
  const preparer = settings.isoPreparer.replaceAll('@LB_VERSION@', settings.livewrightVersion);
  return [
    ...name('-V', 'volume', volume, 32),
    ...name('-A', 'application', settings.isoApplication, 128),
    ...name('-p', 'preparer', preparer, 128),
    ...name('-publisher', 'publisher', settings.isoPublisher, 128),
  ];
}

function name(option: string, field: string, value: string, limit: number): string[] {
  if (value === '' || value === 'none') return [];
  if (Buffer.byteLength(value) <= limit) return [option, value];
  throw new LivewrightError('CONFIG_VALUE', {
    message: `The ISO ${field} "${value}" is longer than the ${limit} bytes that ISO 9660 has for it.`,
    hint: `Shorten --iso-${field}.`,
    data: { field, value, limit },
  });
}

function biosBoot({ biosLoader, imageType }: MediumSettings): string[] {
  const hybrid = imageType === 'iso-hybrid';
  const emulation = ['-no-emul-boot', '-boot-load-size', '4', '-boot-info-table'];
  switch (biosLoader) {
    case 'none':
      return [];
    case 'syslinux':
      return [
        ...['-b', 'isolinux/isolinux.bin', '-c', 'isolinux/boot.cat', ...emulation],
        ...(hybrid ? ['-isohybrid-mbr', isolinuxMbr] : []),
      ];
    case 'grub-pc':
      return [
        ...['-b', grubEltoritoPath, '-c', 'boot/grub/boot.cat', ...emulation],
        ...(hybrid ? ['--grub2-boot-info', '--grub2-mbr', grubMbr] : []),
      ];
  }
}

function efiBoot({ biosLoader, efiLoader }: MediumSettings): string[] {
  if (efiLoader === 'none') return [];
  const catalog = biosLoader === 'none' ? ['-c', 'boot/grub/boot.cat'] : ['-eltorito-alt-boot'];
  return [...catalog, '-e', efiImagePath, '-no-emul-boot'];
}

/**
 * The partition table that a stick or disk shows: 1 the ISO file system, 2 the EFI system partition behind it.
 *
 * live-build marks efi.img inside the ISO, which gives overlapping partitions and a GPT that strict firmware and tools
 * refuse. Here the image is appended as a partition of its own, with the proper type, so the GPT is valid and a further
 * partition can follow. `--mbr-force-bootable`: some BIOSes start no disk without an active MBR partition.
 */
function partitions({ settings, directory, uuid }: IsoOptions): string[] {
  const offset = ['-partition_offset', '16'];
  const active = settings.biosLoader === 'none' ? [] : ['--mbr-force-bootable'];
  if (settings.efiLoader === 'none') return [...offset, ...active];
  return [
    ...offset,
    ...active,
    ...['-iso_mbr_part_type', basicData],
    ...['-append_partition', '2', efiSystemPartition, `${directory}/${efiImagePath}`],
    '-appended_part_as_gpt',
    ...['--gpt_disk_guid', uuid],
    // Padding behind the last partition would become a third one.
    '-no-pad',
  ];
}

/** The percentage in one of xorriso's progress lines, or undefined. */
export function parseProgress(line: string): number | undefined {
  const percent = /UPDATE :\s+([\d.]+)% done/.exec(line)?.[1];
  return percent === undefined ? undefined : Number(percent);
}
