import { LivewrightError } from '../../errors.ts';
import { parsePartitionStart } from './position.ts';
import { type Extent, type HddSettings, sectorBytes, sectorsPerMib } from './types.ts';

export interface LayoutRequest {
  readonly settings: Pick<HddSettings, 'partitionStart' | 'sizeMib'>;
  /** What the data partition takes at least. */
  readonly dataSectors: number;
  /** Size of the EFI partition's content; undefined: there is none. */
  readonly efiBytes: number | undefined;
  readonly hasBiosBootPartition: boolean;
}

export interface HddLayout {
  /** Of the whole image: a whole number of MiB. */
  readonly totalSectors: number;
  readonly data: Extent;
  readonly efi: Extent | undefined;
  readonly biosBoot: Extent | undefined;
}

/** The copy of the GPT at the end takes 33 sectors; partitions before it end at a whole MiB. */
const backupSectors = sectorsPerMib;
/** GRUB's core image is a tenth of it. */
const biosBootSectors = sectorsPerMib;

/** Places the partitions: data, EFI, BIOS boot, one behind the other. */
export function layOutHdd(request: LayoutRequest): HddLayout {
  const { settings, dataSectors, efiBytes, hasBiosBootPartition } = request;
  const start = parsePartitionStart(settings.partitionStart);
  const efiSectors = efiBytes === undefined ? 0 : wholeMib(Math.ceil(efiBytes / sectorBytes));
  const bootSectors = hasBiosBootPartition ? biosBootSectors : 0;
  const behindData = efiSectors + bootSectors + backupSectors;
  const least = wholeMib(start + dataSectors) + behindData;
  const total = settings.sizeMib === undefined ? least : settings.sizeMib * sectorsPerMib;
  if (total < least) throw tooSmall(total, least);
  const dataEnd = total - behindData;
  return {
    totalSectors: total,
    data: { startSector: start, sectors: dataEnd - start },
    efi: efiSectors === 0 ? undefined : { startSector: dataEnd, sectors: efiSectors },
    biosBoot: bootSectors === 0 ? undefined : { startSector: dataEnd + efiSectors, sectors: bootSectors },
  };
}

function wholeMib(sectors: number): number {
  return Math.ceil(sectors / sectorsPerMib) * sectorsPerMib;
}

function tooSmall(total: number, least: number): LivewrightError {
  const [sizeMib, leastMib] = [total / sectorsPerMib, least / sectorsPerMib];
  return new LivewrightError('CONFIG_VALUE', {
    message: `A disk image of ${sizeMib} MiB (--hdd-size) is too small: this medium takes ${leastMib} MiB.`,
    hint: `Use --hdd-size auto, or ${leastMib} or more.`,
    data: { option: '--hdd-size', sizeMib, leastMib },
  });
}
