import type { LiveValues } from './options.ts';

/** ISO 9660 has 32 bytes for the name of the volume; xorriso ends with an error at more. */
export const VOLUME_BYTES = 32;

/** As long as the time that it stands for. */
const TIME = '@ISOVOLUME_TS@';

type Suite = Pick<LiveValues, 'distribution'>;

/** live-build's default, which live-build also writes into its files, where it is too long. */
export function usualVolume({ distribution }: Suite): string {
  return `Debian ${distribution} ${TIME}`;
}

/** The default where that one is too long for an image, as for `kali-rolling`: what says the most of it. */
export function shortVolume(suite: Suite): string {
  if (fits(usualVolume(suite))) return usualVolume(suite);
  const room = VOLUME_BYTES - ` ${TIME}`.length;
  return `${suite.distribution.slice(0, room)} ${TIME}`;
}

export function fits(volume: string): boolean {
  return Buffer.byteLength(volume) <= VOLUME_BYTES;
}

/**
 * Says the time in today's way. live-build 3 and 4 wrote it into their files as this one command, in the default too, for
 * sh to run; trees have it still. After a backslash it was no command.
 */
export function renewTime(volume: string): string {
  return volume.replaceAll(/(?<!\\)\$\(date \+%Y%m%d-%H:%M\)/g, TIME);
}

/** The same in the text of an option file. */
export function renewTimeInFile(text: string): string {
  return text.replaceAll(/^LB_ISO_VOLUME=.*$/gm, renewTime);
}
