import type { FatType } from './types.ts';
import { sectorBytes, sectorsPerMib } from './types.ts';

/** How a FAT file system is made: its size and that of its clusters. */
export interface FatGeometry {
  readonly sectors: number;
  readonly sectorsPerCluster: number;
}

/** How many clusters of that size the content takes. */
export type CountClusters = (clusterBytes: number) => number;

/**
 * What a FAT is called does not matter: every reader goes by the number of clusters (Microsoft's FAT specification, 3.5).
 * So a small FAT32 must still have 65525 of them, and a FAT16 never more than 65524. 64 away from either limit, since
 * programs have miscounted (same section).
 */
const types = {
  fat16: { least: 4085 + 64, most: 65524 - 64, entryBytes: 2, rootSectors: 32 },
  fat32: { least: 65525 + 64, most: 0x0ffffff4 - 64, entryBytes: 4, rootSectors: 0 },
} as const;

/** 32 KiB is the largest that all systems read; with it a FAT16 ends at 2 GiB. */
const largestCluster = 64;
const reservedSectors = 32;
/** mkfs.fat leaves over what is no whole track, since mtools refuse it. */
export const sectorsPerTrack = 63;

/** The file system that just holds the content and `slackBytes`; undefined where no such FAT is big enough. */
export function smallestFat(type: FatType, count: CountClusters, slackBytes: number): FatGeometry | undefined {
  const { least, most } = types[type];
  const wanted = clusterSizes(type, count(sectorBytes) * sectorBytes).map((sectorsPerCluster) => {
    const clusterBytes = sectorsPerCluster * sectorBytes;
    return { sectorsPerCluster, clusters: count(clusterBytes) + Math.ceil(slackBytes / clusterBytes) };
  });
  const fitting = wanted.filter(({ clusters }) => clusters <= most);
  const chosen = fitting.find(({ clusters }) => clusters >= least) ?? fitting.at(type === 'fat32' ? -1 : 0);
  if (!chosen) return undefined;
  const { sectorsPerCluster } = chosen;
  return { sectorsPerCluster, sectors: sectorsFor(type, sectorsPerCluster, Math.max(chosen.clusters, least)) };
}

/** The file system that fills a partition of that size; undefined where it cannot, or does not hold the content. */
export function fatOfSize(type: FatType, count: CountClusters, sectors: number): FatGeometry | undefined {
  const { least, most } = types[type];
  const sectorsPerCluster = clusterSizes(type, sectors * sectorBytes).find((size) => {
    const clusters = clustersIn(type, size, sectors);
    return clusters >= least && clusters <= most && count(size * sectorBytes) <= clusters;
  });
  // mkfs.fat counts in KiB.
  return sectorsPerCluster === undefined ? undefined : { sectorsPerCluster, sectors: sectors - (sectors % 2) };
}

/** In the order of preference. FAT32: 4 KiB up to 8 GiB, as Windows formats; smaller where there would be too few. */
function clusterSizes(type: FatType, volumeBytes: number): readonly number[] {
  if (type === 'fat16') return [4, 8, 16, 32, largestCluster];
  const gib = volumeBytes / 2 ** 30;
  const usual = gib <= 8 ? 8 : gib <= 16 ? 16 : gib <= 32 ? 32 : largestCluster;
  return [64, 32, 16, 8, 4, 2, 1].filter((size) => size <= usual);
}

// An upper bound: mkfs.fat may align the tables and the data to whole clusters.
function sectorsFor(type: FatType, sectorsPerCluster: number, clusters: number): number {
  const { entryBytes, rootSectors } = types[type];
  const tables = 2 * Math.ceil(((clusters + 2) * entryBytes) / sectorBytes);
  const besides = reservedSectors + 4 * sectorsPerCluster + tables + rootSectors + sectorsPerTrack;
  const sectors = besides + clusters * sectorsPerCluster;
  return Math.ceil(sectors / sectorsPerMib) * sectorsPerMib;
}

// A lower bound, for the same reason.
function clustersIn(type: FatType, sectorsPerCluster: number, sectors: number): number {
  const { entryBytes, rootSectors } = types[type];
  const forClusters = sectors - reservedSectors - 4 * sectorsPerCluster - rootSectors - sectorsPerTrack - 4;
  return Math.floor(forClusters / (sectorsPerCluster + (2 * entryBytes) / sectorBytes));
}

/** Entries of 32 bytes: one for the short name and one for each 13 letters of the long one; `.` and `..`. */
export function directoryBytes(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + 32 * (1 + Math.ceil(name.length / 13)), 64);
}
