import { archiveFileName } from './lock.ts';
import type { PoolPackage } from './poolLock.ts';

type Placed = Pick<PoolPackage, 'name' | 'version' | 'architecture' | 'source' | 'section' | 'use'>;

/** `pool/AREA/LETTER/SOURCE/FILE` of a package on the medium. */
export function poolPath(item: Placed): string {
  const area = item.use === undefined ? areaOfListed(item.section) : areaOf(item.section);
  return `pool/${area}/${sourceDirectory(item.source)}/${archiveFileName(item)}`;
}

/** Of packages from lists, all of what is not free is in one area, its firmware too. */
function areaOfListed(section: string): string {
  return ['contrib', 'non-free'].find((name) => section.includes(name)) ?? 'main';
}

/** Sections of main have no area in front. */
export function areaOf(section: string): string {
  return section.includes('/') ? section.replace(/\/.*$/, '') : 'main';
}

/** `g/glibc`, `libx/libxml2`. */
export function sourceDirectory(source: string): string {
  const letter = /^lib./.test(source) ? source.slice(0, 4) : source.slice(0, 1);
  return `${letter}/${source}`;
}
