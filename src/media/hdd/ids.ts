import { mediumUuid } from '../diskInfo.ts';
import type { BuildHddOptions } from './types.ts';

export type IdRole = 'data partition' | 'EFI partition' | 'BIOS boot partition' | 'file system';

/** An id that follows from the disk's own: the same for the same medium, another one for each role. */
export function deriveUuid({ uuid, epochSeconds }: Pick<BuildHddOptions, 'uuid' | 'epochSeconds'>, role: IdRole) {
  return mediumUuid(`${uuid}\n${role}`, epochSeconds);
}

/** FAT's volume serial number, as eight hexadecimal digits. */
export function deriveSerial(options: Pick<BuildHddOptions, 'uuid' | 'epochSeconds'>): string {
  return deriveUuid(options, 'file system').slice(0, 8);
}
