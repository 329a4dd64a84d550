import { LivewrightError } from '../errors.ts';
import type { Digest } from '../store/types.ts';

/** A face of the installer: kernel and initrd, relative to the directory of its images. */
export interface InstallerImages {
  readonly vmlinuz: string;
  readonly initrd: string;
}

/** The directory of the installer's images, relative to the suite's Release file. */
export function installerDirectory(architecture: string): string {
  return `main/installer-${architecture}/current/images`;
}

/** Those that load the rest of the installer from a mirror: Debian Installer's MANIFEST, `netboot`. */
export function netbootImages(architecture: string, face: 'text' | 'gtk'): InstallerImages {
  const directory = `netboot/${face === 'gtk' ? 'gtk/' : ''}debian-installer/${architecture}`;
  return { vmlinuz: `${directory}/linux`, initrd: `${directory}/initrd.gz` };
}

/** Reads SHA256SUMS: hash, blanks, `./path`. Throws RELEASE_FORMAT for a line that is not so. */
export function parseSha256Sums(text: string, url: string): ReadonlyMap<string, Digest> {
  const sums = new Map<string, Digest>();
  for (const line of text.split('\n').filter((candidate) => candidate !== '')) {
    const [, sha256, path] = /^([0-9a-f]{64}) [ *](?:\.\/)?(\S.*)$/.exec(line) ?? [];
    if (sha256 === undefined || path === undefined) {
      throw new LivewrightError('RELEASE_FORMAT', {
        message: `${url} is not a list of checksums we can use: "${line}" is not "SHA256 NAME".`,
        hint: 'Name another mirror with --mirror-debian-installer.',
        data: { url, line },
      });
    }
    sums.set(path, sha256 as Digest);
  }
  return sums;
}
