import type { MediaTools } from '../tools.ts';
import type { BuildHddOptions, Extent } from './types.ts';

export interface WriteDataOptions extends BuildHddOptions {
  /** Where the file system goes in `output`, a file that is there already, with zeros in that place. */
  readonly place: Extent;
}

export type WriteData = (tools: MediaTools, options: WriteDataOptions) => Promise<void>;

/** The file system of the data partition, as planned from the medium's tree. */
export interface DataFileSystem {
  readonly partitionType: 'basicData' | 'linuxData';
  /** What holds the files and a little slack. */
  readonly leastSectors: number;
  /** Decides how a partition of that size (`leastSectors` or more) is filled; refuses before anything is written. */
  fit(sectors: number): WriteData;
}
