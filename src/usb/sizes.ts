import { LivewrightError } from '../errors.ts';

export const SECTOR_BYTES = 512;
export const MIB = 1024 * 1024;

const powers: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/**
 * Bytes of `4G`, `500M`, `1.5GiB` (powers of 1024, as parted and lvm take them) or `4GB` (powers of 1000, as on the boxes
 * of sticks). `option` is named where it is neither. Throws OPTION_VALUE.
 */
export function parseSize(text: string, option: string): number {
  const [, number, unit = '', suffix = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(i?B)?$/i.exec(text.trim()) ?? [];
  const base = suffix.toUpperCase() === 'B' && unit !== '' ? 1000 : 1024;
  const sizeBytes = Math.floor(Number(number) * base ** (powers[unit.toUpperCase()] ?? 0));
  if (Number.isSafeInteger(sizeBytes) && sizeBytes > 0) return sizeBytes;
  throw new LivewrightError('OPTION_VALUE', {
    message: `--${option} is "${text}"; expected a size such as 500M or 4G.`,
    hint: `For example: --${option}=4G, or --${option} alone for all that is left.`,
    data: { option: `--${option}`, value: text },
  });
}

/** `8.0 GB`, in the units that are printed on sticks. */
export function sizeText(sizeBytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  while (sizeBytes / 1000 ** power >= 999.5 && power < units.length - 1) power += 1;
  const digits = power > 0 && sizeBytes / 1000 ** power < 99.95 ? 1 : 0;
  return `${(sizeBytes / 1000 ** power).toFixed(digits)} ${units[power]}`;
}

export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

export function roundDown(value: number, unit: number): number {
  return Math.floor(value / unit) * unit;
}
