import { dirname } from 'node:path';
import type { OverlayMount } from '../sandbox/types.ts';
import { type MediumSettings, systemImagePath } from './settings.ts';
import { compressProgram, type TarCompression } from './tar.ts';
import type { MediaTools } from './tools.ts';

/**
 * A system that lies on the medium file by file (`--chroot-filesystem plain` and `none`). It has owners, devices and attributes,
 * which the medium's own tree has not; so it is laid over that only where the image is made.
 */
export interface RootTree {
  /** Its layers on this machine, lowest first. */
  readonly layers: readonly string[];
  /** Where it lies on the medium: empty for its top. */
  readonly place: string;
  /** Text of config/rootfs/excludes. */
  readonly excludes: string;
  /** Files that must have no holes, which mke2fs makes of zeros: swapon(8) refuses them. */
  readonly solid: readonly SolidFile[];
  /** What it takes as ext, in blocks of 4096 bytes. */
  readonly blocks: number;
  readonly inodes: number;
}

export type SolidFile = { readonly path: string; readonly sizeMib: number };

/** Which systems are no single file, and where on the medium they lie; undefined for the others. */
export function rootPlace(settings: Pick<MediumSettings, 'initramfs' | 'rootFilesystem'>): string | undefined {
  if (settings.rootFilesystem === 'none') return '';
  return settings.rootFilesystem === 'plain' ? systemImagePath(settings) : undefined;
}

/** Packs medium and system, in the order of names and with nothing in it that the two do not decide; `"$@"` is what reads it. */
const script = `
set -eo pipefail
tar --create --directory=/target --sort=name --format=pax --numeric-owner --xattrs --xattrs-include='*' \
  --pax-option=delete=atime,delete=ctime --anchored --wildcards --no-wildcards-match-slash \
  --exclude-from=<(printf '%s' "$EXCLUDES") --transform="$TRANSFORM" . | "$@"
`;

export interface PipeRoot {
  readonly directory: string;
  readonly root: RootTree;
  /** The program that reads the archive, and the file that it writes to. */
  readonly argv: readonly string[];
  readonly output: string;
  readonly epochSeconds: number;
  /** A name for the archive's top; default: none, names begin with `./`. */
  readonly top?: string;
}

/** Hands medium and system as one archive to a program. Needs the tools tree `hooks`, which has bash. */
export async function pipeRoot(tools: MediaTools, options: PipeRoot): Promise<void> {
  const { directory, root, argv, output, epochSeconds, top } = options;
  const { log, signal } = tools;
  await tools.run({
    argv: ['bash', '-c', script, 'pipe', ...argv],
    root: { kind: 'directory', path: tools.tree },
    overlays: rootOverlays(directory, root),
    binds: [{ source: dirname(output), target: dirname(output), writable: true }],
    env: {
      ...{ LC_ALL: 'C.UTF-8', TZ: 'UTC', SOURCE_DATE_EPOCH: String(epochSeconds) },
      ...{ EXCLUDES: tarExcludes(root.excludes, root.place), TRANSFORM: top === undefined ? '' : `s,^\\.,${top},S` },
    },
    ...(log && { onLine: log }),
    ...(signal && { signal }),
  });
}

/** At the medium's top its own files (kernels, menus) win over the system's. */
export function rootOverlays(directory: string, { layers, place }: RootTree): OverlayMount[] {
  if (place === '') return [{ lower: [...layers, directory], target: '/target' }];
  return [
    { lower: [directory], target: '/target' },
    { lower: layers, target: `/target/${place}` },
  ];
}

/** Lines as mksquashfs takes them, for tar: below the root, `#` comments. */
export function tarExcludes(text: string, place = ''): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const below = place === '' ? './' : `./${place}/`;
  return lines.map((line) => `${below}${line.replace(/^\.?\//, '')}\n`).join('');
}

export interface PackRootOptions extends Pick<PipeRoot, 'directory' | 'root' | 'output' | 'epochSeconds'> {
  readonly compression: TarCompression;
}

/** The archive of medium and system below `binary/`, with owners and attributes. */
export function packRoot(tools: MediaTools, { compression, ...options }: PackRootOptions): Promise<void> {
  const argv = ['sh', '-c', 'exec "$@" >"$0"', options.output, ...compressProgram(compression)];
  return pipeRoot(tools, { ...options, argv, top: 'binary' });
}
