import { createHash } from 'node:crypto';
import type { LentFiles } from '../rootfs/buildTime.ts';

/** Files of /etc/apt: path below it -> content. */
export type AptFiles = Readonly<Record<string, Buffer>>;

/** For a step's inputs: passwords (`auth.conf.d`) must not be remembered in words. */
export function digestsOf(files: AptFiles): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, createHash('sha256').update(content).digest('hex')]),
  );
}

/** apt reads it as root. */
export const modeOf = (path: string): number => (path.startsWith('auth.conf.d/') ? 0o600 : 0o644);

/** As a step finds them in the root. */
export function lendAptFiles(files: AptFiles): LentFiles {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [`/etc/apt/${path}`, { content, mode: modeOf(path) }]),
  );
}

/** The settings and pins by which apt chooses, as text. */
export function choosingFiles(files: AptFiles): Record<string, string> {
  const isChoosing = (path: string): boolean => /^(apt\.conf|preferences)(\.d\/|$)/.test(path);
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => isChoosing(path))
      .map(([path, content]) => [path, content.toString('utf8')]),
  );
}
