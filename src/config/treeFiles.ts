import { digestFile, type TreeFile } from './digestFile.ts';
import { listFiles, onlyExisting } from './listFiles.ts';
import type { ConfigWarning } from './settings.ts';

/** When a file counts: while the system is built, in the finished system, or in both. */
export type Phase = 'both' | 'chroot' | 'binary';

export interface ArchiveFile extends TreeFile {
  readonly kind: 'list' | 'sources' | 'key' | 'pref' | 'conf' | 'auth' | 'deb';
  readonly phase: Phase;
  /** The file's name up to its kind: `docker` of `docker.list.chroot`. */
  readonly stem: string;
}

/** `config/archives/*`: more package sources (in either of apt's formats; live-build itself knows only `.list`), their keys, pins, settings and passwords. */
export async function findArchives(directory: string): Promise<ArchiveFile[]> {
  const files = await onlyExisting(directory, await listFiles(directory, 'config/archives'));
  const found = files.map(async ({ name, path }): Promise<ArchiveFile | undefined> => {
    const match = /^(.+)\.(list|sources|key|pref|conf|auth|deb)(?:\.(chroot|binary))?$/.exec(name);
    if (match === null || (match[2] === 'deb' && match[3] !== undefined)) return undefined;
    const [, stem = '', kind, phase = 'both'] = match;
    return { ...(await digestFile(directory, path)), kind: kind as ArchiveFile['kind'], phase: phase as Phase, stem };
  });
  return (await Promise.all(found)).filter((file) => file !== undefined);
}

export interface LocalPackages {
  readonly packages: readonly TreeFile[];
  readonly warnings: readonly ConfigWarning[];
}

/** The `.deb` files of `config/packages.chroot` and `config/packages`: all of them are installed, listed or not. */
export async function findLocalPackages(directory: string, architecture: string): Promise<LocalPackages> {
  const listed = await Promise.all(
    ['config/packages.chroot', 'config/packages'].map((path) => listFiles(directory, path)),
  );
  // Copied into one directory: of two files of one name the later counts.
  const files = [
    ...new Map((await onlyExisting(directory, listed.flat())).map((file) => [file.name, file])).values(),
  ].filter(({ name }) => name.endsWith('.deb'));
  const isUsed = (name: string) => name.endsWith('_all.deb') || name.endsWith(`_${architecture}.deb`);
  return {
    packages: await Promise.all(
      files.filter(({ name }) => isUsed(name)).map(({ path }) => digestFile(directory, path)),
    ),
    warnings: files
      .filter(({ name }) => !isUsed(name))
      .map(({ path }) => ({
        message: `The package is left out: its name ends neither in _${architecture}.deb nor in _all.deb.`,
        place: { path },
      })),
  };
}

export interface PreseedFile extends TreeFile {
  readonly phase: 'both' | 'chroot' | 'installer';
}

/**
 * `config/preseed/*.cfg`: answers to the packages' questions, and to the installer's; those for one of both come last, so that of two
 * answers to a question theirs counts.
 */
export async function findPreseeds(directory: string): Promise<PreseedFile[]> {
  const files = await onlyExisting(directory, await listFiles(directory, 'config/preseed'));
  const found = files.map(async ({ name, path }): Promise<PreseedFile | undefined> => {
    const match = /\.cfg(?:\.(chroot|installer))?$/.exec(name);
    if (match === null) return undefined;
    return { ...(await digestFile(directory, path)), phase: (match[1] ?? 'both') as PreseedFile['phase'] };
  });
  const preseeds = (await Promise.all(found)).filter((file) => file !== undefined);
  return [...preseeds.filter(({ phase }) => phase === 'both'), ...preseeds.filter(({ phase }) => phase !== 'both')];
}

/** `config/apt`: settings and pins that count while the system is built. */
export async function findAptFiles(directory: string): Promise<TreeFile[]> {
  const files = await onlyExisting(directory, await listFiles(directory, 'config/apt'));
  const isUsed = (name: string) => name === 'apt.conf' || name === 'preferences' || name.endsWith('.pref');
  return Promise.all(files.filter(({ name }) => isUsed(name)).map(({ path }) => digestFile(directory, path)));
}

/** Those of the named files that exist: `config/rootfs/excludes`, `config/environment.chroot` and the like. */
export async function findFiles(directory: string, paths: readonly string[]): Promise<TreeFile[]> {
  const parents = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))))];
  const listed = (await Promise.all(parents.map((parent) => listFiles(directory, parent)))).flat();
  const present = listed.filter(({ path }) => paths.includes(path));
  return Promise.all(present.map(({ path }) => digestFile(directory, path)));
}
