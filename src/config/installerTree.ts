import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { digestFile, type TreeFile } from './digestFile.ts';
import { listFiles, onlyExisting } from './listFiles.ts';
import { findPreseeds } from './treeFiles.ts';

export interface NamedFile extends TreeFile {
  readonly name: string;
}

/** What a tree has for the Debian Installer, besides `config/includes.installer`. */
export interface InstallerTree {
  /** `config/preseed/*.cfg` and `*.cfg.installer`: answers to its questions. */
  readonly preseeds: readonly NamedFile[];
  /** `config/debian-installer/*.cfg`: files of answers that `--debian-installer-preseedfile` may name. */
  readonly answers: readonly NamedFile[];
  /** `config/debian-installer/udeb_exclude`: names of udebs that are not to be on the medium. */
  readonly excluded: readonly string[];
  /** The `.deb` and `.udeb` files of `config/packages.binary` and `config/packages`. */
  readonly packages: readonly NamedFile[];
}

export async function readInstallerTree(directory: string, architecture: string): Promise<InstallerTree> {
  const excluded = await orIfAbsent(readFile(join(directory, 'config/debian-installer/udeb_exclude'), 'utf8'), '');
  return {
    preseeds: (await findPreseeds(directory))
      .filter(({ phase }) => phase !== 'chroot')
      .map((file) => ({ ...file, name: file.path.replace(/^.*\//, '') })),
    answers: await filesOf(directory, 'config/debian-installer', (name) => name.endsWith('.cfg')),
    excluded: excluded
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
    packages: await findMediumPackages(directory, architecture),
  };
}

async function findMediumPackages(directory: string, architecture: string): Promise<NamedFile[]> {
  const isUsed = (name: string): boolean =>
    /\.u?deb$/.test(name) && (/_all\.u?deb$/.test(name) || name.includes(`_${architecture}.`));
  const found = await Promise.all(
    ['config/packages.binary', 'config/packages'].map((path) => filesOf(directory, path, isUsed)),
  );
  // Of two files of one name the later is copied over the earlier.
  return [...new Map(found.flat().map((file) => [file.name, file])).values()];
}

async function filesOf(directory: string, path: string, isUsed: (name: string) => boolean): Promise<NamedFile[]> {
  const files = (await onlyExisting(directory, await listFiles(directory, path))).filter(({ name }) => isUsed(name));
  return Promise.all(files.map(async ({ name, path: file }) => ({ ...(await digestFile(directory, file)), name })));
}
