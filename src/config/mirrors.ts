import type { LiveValues } from './options.ts';

/**
 * The mirror that packages come from, or that the image names. Derivatives often set their own mirror and not their parent's, which has a
 * default in Debian's mode alone; live-build is then left without one. Empty where neither is set.
 */
export function mirrorOf(values: LiveValues, phase: 'Chroot' | 'Binary'): string {
  return values[`parentMirror${phase}`] || values[`mirror${phase}`];
}
