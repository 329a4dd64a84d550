import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatArgv } from '../fatImage.ts';
import { type MediaTools, runTool } from '../tools.ts';
import { readAt } from './bootCode.ts';
import type { SyslinuxParts } from './patchArea.ts';
import { sectorBytes } from './types.ts';

/** What syslinux puts into its directory. `ldlinux.c32` is its second half, which the first half reads as a file. */
export const syslinuxFiles: readonly string[] = ['ldlinux.sys', 'ldlinux.c32'];

export interface InstallSyslinuxOptions {
  readonly image: string;
  /** Where the FAT file system starts. */
  readonly offsetBytes: number;
  /** A directory of it, `/syslinux`. */
  readonly directory: string;
  /** The directory of the image. */
  readonly write: string;
  readonly epochSeconds: number;
}

/** By syslinux itself, of which Debian has the kind that needs no mounted file system: it goes by mtools. */
export async function installSyslinux(tools: MediaTools, options: InstallSyslinuxOptions): Promise<void> {
  const { image, offsetBytes, directory, write, epochSeconds } = options;
  const argv = ['syslinux', '--install', '--directory', directory, '--offset', String(offsetBytes), image];
  await runTool(tools, { argv, write: [write], epochSeconds });
}

export interface ExtractedSyslinux extends SyslinuxParts {
  /** Path of `ldlinux.c32` in the scratch directory. */
  readonly secondHalf: string;
}

/**
 * syslinux's parts, which its packages have only inside its programs: installed to a FAT image and read back. The boot
 * sector's code is the same for every kind of file system, behind the place of FAT32's own fields.
 */
export async function extractSyslinux(
  tools: MediaTools,
  { scratch, epochSeconds }: { readonly scratch: string; readonly epochSeconds: number },
): Promise<ExtractedSyslinux> {
  const image = join(scratch, 'syslinux.img');
  const call = { write: [scratch], epochSeconds };
  await rm(image, { force: true });
  await runTool(tools, { ...call, argv: formatArgv(image, floppySectors, epochSeconds) });
  await installSyslinux(tools, { image, offsetBytes: 0, directory: '/', write: scratch, epochSeconds });
  await runTool(tools, {
    ...call,
    argv: ['mcopy', '-n', '-i', image, ...syslinuxFiles.map((name) => `::${name}`), scratch],
  });
  return {
    bootSector: await readAt(image, 0, sectorBytes),
    loader: await readFile(join(scratch, 'ldlinux.sys')),
    secondHalf: join(scratch, 'ldlinux.c32'),
  };
}

const floppySectors = 2880;
