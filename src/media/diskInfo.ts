import { createHash } from 'node:crypto';
import { shortStamp } from './epoch.ts';
import { diskLabel } from './installerDisk.ts';
import type { MediumSettings } from './settings.ts';

type Named = Pick<MediumSettings, 'architecture' | 'distribution' | 'versionId' | 'installer'>;

/** `.disk/info`, the line by which boot loaders and installers know a Debian medium. */
export function diskInfo(settings: Named, epochSeconds: number): string {
  const { architecture, distribution, versionId } = settings;
  const name = `${distribution.slice(0, 1).toUpperCase()}${distribution.slice(1)}`;
  const version = versionId === undefined || versionId === '' ? 'none' : versionId;
  const label = diskLabel(settings);
  return `Debian GNU/Linux ${version} "${name}" - Snapshot ${architecture} ${label} Binary ${shortStamp(epochSeconds)}\n`;
}

/**
 * A UUID made of what the medium is made of. The EFI image looks for the medium that bears it, so that another
 * Debian stick in the same machine is not taken for this one; the GPT bears it too.
 */
export function mediumUuid(identity: string, epochSeconds: number): string {
  const hex = createHash('sha256').update(`livewright medium\n${epochSeconds}\n${identity}`).digest('hex');
  // RFC 9562: version 8 (the maker's own scheme), variant 10.
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}

/** Path on the medium of the empty file that bears its UUID. */
export function mediumMark(uuid: string): string {
  return `.disk/id/${uuid}`;
}
