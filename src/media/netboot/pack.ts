import { basename, dirname } from 'node:path';
import { type MediaTools, runTool } from '../tools.ts';

export type Compression = 'none' | 'gzip' | 'bzip2' | 'lzip' | 'xz';

export interface PackOptions {
  /** The file to write; its directory must be there. */
  readonly output: string;
  /** In this order, each under the name given here, wherever it lies. */
  readonly directories: readonly PackedDirectory[];
  readonly compression: Compression;
  readonly epochSeconds: number;
}

export interface PackedDirectory {
  readonly path: string;
  /** A single name, without slashes: `tftpboot`. */
  readonly name: string;
}

const compressors: Readonly<Record<Compression, { readonly extension: string; readonly program?: string }>> = {
  none: { extension: '' },
  // Without the time of compression.
  gzip: { extension: '.gz', program: 'gzip -n' },
  bzip2: { extension: '.bz2', program: 'bzip2' },
  // As the package has it; `lzip` is an alternative, which nobody sets up in a tools tree.
  lzip: { extension: '.lz', program: 'lzip.lzip' },
  xz: { extension: '.xz', program: 'xz' },
};

/** What `--compression` adds to the tar's name. */
export function compressionExtension(compression: Compression): string {
  return compressors[compression].extension;
}

/** Packs directories into a tar, the same bytes for the same content: sorted, of root's, no time after the epoch. */
export async function packNetboot(tools: MediaTools, options: PackOptions): Promise<void> {
  const { output, directories, epochSeconds } = options;
  const read = directories.map(({ path }) => path);
  await runTool(tools, { argv: tarArgv(options), read, write: [dirname(output)], epochSeconds });
}

export function tarArgv({ output, directories, compression, epochSeconds }: PackOptions): string[] {
  const { program } = compressors[compression];
  return [
    'tar',
    '--create',
    ...['--file', output],
    '--format=gnu',
    '--sort=name',
    ...['--owner=0', '--group=0', '--numeric-owner'],
    // Whoever serves it, as whichever user: an NFS client must be able to read it.
    '--mode=u+rw,go=rX',
    ...[`--mtime=@${epochSeconds}`, '--clamp-mtime'],
    ...(program === undefined ? [] : ['--use-compress-program', program]),
    // Only of names and of hard links' targets (S: not of symbolic links').
    ...directories.flatMap(({ path, name }) => [
      '--transform',
      `s,^${quoteForSed(basename(path))}\\(/\\|$\\),${name}\\1,S`,
    ]),
    ...directories.flatMap(({ path }) => ['--directory', dirname(path), basename(path)]),
  ];
}

/** For a regular expression of sed's between commas. */
function quoteForSed(name: string): string {
  return name.replace(/[\\.*[\]^$,]/g, '\\$&');
}
