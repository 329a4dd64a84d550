import { readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type MediaTools, runTool } from './tools.ts';

export type TarCompression = 'none' | 'gzip' | 'bzip2' | 'lzip' | 'xz';

export interface PackTarOptions {
  /** The directory to pack; it stays as it is. */
  readonly directory: string;
  /** The archive to write; what is there is replaced. */
  readonly output: string;
  /** Name of the one directory at the top of the archive, in which all stands; absent: the content stands at the top. */
  readonly top?: string;
  readonly compression: TarCompression;
  readonly epochSeconds: number;
}

/** gzip without name and time, as both would differ between builds; the others have none. */
const compressors: Readonly<Record<TarCompression, { readonly extension: string; readonly program?: string }>> = {
  none: { extension: '' },
  gzip: { extension: '.gz', program: 'gzip -n' },
  bzip2: { extension: '.bz2', program: 'bzip2' },
  // As the package has it; `lzip` is an alternative, which nobody sets up in a tools tree.
  lzip: { extension: '.lz', program: 'lzip.lzip' },
  xz: { extension: '.xz', program: 'xz' },
};

/** What `--compression` adds to an archive's name. */
export function tarExtension(compression: TarCompression): string {
  return compressors[compression].extension;
}

/** The program and its words before the name of a file that it is to compress, none for `none`; what it adds to the name. */
export function compressCommand(compression: TarCompression): { readonly argv: readonly string[]; extension: string } {
  const { program, extension } = compressors[compression];
  return { argv: program?.split(' ') ?? [], extension };
}

/** What compresses standard input to standard output. */
export function compressProgram(compression: TarCompression): string[] {
  return compressors[compression].program?.split(' ') ?? ['cat'];
}

/** Packs a directory: sorted by name, owned by root, nothing newer than the epoch; the same bytes for the same content. */
export async function packTar(tools: MediaTools, options: PackTarOptions): Promise<void> {
  const { directory, output, epochSeconds } = options;
  await rm(output, { force: true });
  const names = options.top === undefined ? (await readdir(directory)).sort() : ['.'];
  await runTool(tools, { argv: tarArgv(options, names), read: [directory], write: [dirname(output)], epochSeconds });
}

/** `names`: what of the directory to pack. */
export function tarArgv(options: PackTarOptions, names: readonly string[]): string[] {
  const { directory, output, top, compression, epochSeconds } = options;
  const { program } = compressors[compression];
  return [
    'tar',
    '--create',
    ...['--file', output],
    ...['--format', 'gnu'],
    '--sort=name',
    ...['--owner', 'root:0', '--group', 'root:0'],
    // Whoever unpacks and serves it, as whichever user: an NFS client must be able to read it.
    '--mode=u+rw,go=rX',
    // `--clamp-mtime` keeps older dates.
    ...['--mtime', `@${epochSeconds}`, '--clamp-mtime'],
    ...(program === undefined ? [] : ['--use-compress-program', program]),
    // `S`: names and what hard links name, but not what symbolic links point to.
    ...(top === undefined ? [] : ['--transform', `s,^\\.,${top},S`]),
    ...['--directory', directory],
    ...names,
  ];
}
