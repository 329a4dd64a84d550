import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { TreeFile } from '../config/digestFile.ts';
import { listFiles } from '../config/listFiles.ts';
import type { LiveValues } from '../config/options.ts';
import { findArchives } from '../config/treeFiles.ts';
import { readArchiveSources } from '../debian/archiveSources.ts';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import type { AptFiles } from '../steps/aptFiles.ts';
import type { KeyFile } from '../steps/archiveTrust.ts';
import type { FurtherArchive, FurtherArchives } from '../steps/furtherArchives.ts';
import { optionSettings, type PlacedFile, placeArchiveFiles, readBuildSettings } from './aptFiles.ts';
import { debootstrapKeyrings } from './debootstrap.ts';
import { type DownloadSettings, downloadSettings } from './downloadSettings.ts';
import { dpkgOptions } from './dpkgOptions.ts';

/** What apt is told besides the distribution's own archives. */
export interface AptTree {
  /** Archives that packages are chosen from. */
  readonly further: FurtherArchives;
  /** Archives that the finished system updates from. */
  readonly imageArchives: FurtherArchives;
  /** /etc/apt while the system is built. */
  readonly buildFiles: AptFiles;
  /** /etc/apt of the image, besides what packages and includes put there. */
  readonly imageFiles: AptFiles;
  /** `config/archives/*.deb`: installed, and believed when they bring keys. */
  readonly keyringDebs: readonly TreeFile[];
  /** Passwords for archives (netrc). */
  readonly credentials: readonly string[];
  /** What its settings say about downloads. */
  readonly settings: DownloadSettings;
  /** What they, and `--apt-options`, say to dpkg. */
  readonly dpkgOptions: readonly string[];
}

/** Reads `config/archives` and `config/apt`. Throws CONFIG_SYNTAX with file and line. */
export async function readAptTree(
  directory: string,
  values: LiveValues,
  foreign: readonly string[] = [],
): Promise<AptTree> {
  const build = await placeArchiveFiles(directory, values, 'Chroot');
  const image = await placeArchiveFiles(directory, values, 'Binary');
  const keyringDebs = (await findArchives(directory)).filter(({ kind }) => kind === 'deb');
  const buildFiles = { ...filesOf(build), ...(await readBuildSettings(directory, values)) };
  const settings = downloadSettings(buildFiles, values.aptOptions);
  const { proxy: _, ...checks } = settings;
  const further = (placed: readonly PlacedFile[]): FurtherArchives => {
    const archives = archivesOf(placed, values, foreign).map((archive) => ({ ...checks, ...archive }));
    return {
      archives,
      keyFiles: async () => [
        ...(await keyFiles(directory, placed, archives)),
        ...(await Promise.all(debootstrapKeyrings(values.debootstrapOptions).map((path) => keyring(directory, path)))),
      ],
      keyringDebs: keyringDebs.map(({ path }) => ({ path: join(directory, path), origin: path })),
      keyringPackages: values.keyringPackages.filter((name) => name !== 'debian-archive-keyring'),
    };
  };
  const isAuth = ({ file }: PlacedFile): boolean => file.kind === 'auth';
  return {
    further: further(build),
    imageArchives: further(image),
    buildFiles,
    imageFiles: { ...optionSettings(values, 'Binary'), ...filesOf(image) },
    keyringDebs,
    credentials: [...build, ...image].filter(isAuth).map(({ content }) => content.toString('utf8')),
    settings,
    dpkgOptions: dpkgOptions(buildFiles, values.aptOptions),
  };
}

const filesOf = (placed: readonly PlacedFile[]): AptFiles =>
  Object.fromEntries(placed.map(({ path, content }) => [path, content]));

function archivesOf(
  placed: readonly PlacedFile[],
  { architecture, aptSecure }: LiveValues,
  foreign: readonly string[],
): FurtherArchive[] {
  const wanted = [architecture, ...foreign];
  return placed
    .filter(({ file }) => file.kind === 'list' || file.kind === 'sources')
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
    .flatMap(({ file, content }) =>
      readArchiveSources({ path: file.path, text: content.toString('utf8'), architecture }),
    )
    .map(({ architectures, isTrusted, ...source }) => ({
      ...source,
      architectures: architectures?.filter((name) => wanted.includes(name)) ?? wanted,
      mayLackArchitectures: true,
      isTrusted: isTrusted || !aptSecure,
    }))
    .filter(({ architectures }) => architectures.length > 0);
}

const includeDirectories = ['includes.chroot_before_packages', 'includes.chroot_after_packages', 'includes.chroot'];
const keyDirectories = ['/etc/apt/trusted.gpg.d', '/etc/apt/keyrings', '/usr/share/keyrings'];

/** Keys by their path in the system: those of `config/archives`, and what the user's includes put there. */
async function keyFiles(
  directory: string,
  placed: readonly PlacedFile[],
  archives: readonly FurtherArchive[],
): Promise<KeyFile[]> {
  const own = placed
    .filter(({ file }) => file.kind === 'key')
    .map(({ file, path, content }) => ({ path: `/etc/apt/${path}`, bytes: content, origin: file.path }));
  const named = archives.flatMap(({ signedBy }) => signedBy.filter((word) => word.startsWith('/')));
  const included: KeyFile[] = [];
  for (const base of includeDirectories.map((name) => `config/${name}`)) {
    const listed = await Promise.all(keyDirectories.map((keys) => listFiles(directory, base + keys)));
    const paths = listed.flat().map(({ path }) => path.slice(base.length));
    for (const path of new Set([...paths.filter(isKey), ...named])) {
      const bytes = await orIfAbsent(readFile(join(directory, base, path)), undefined);
      if (bytes !== undefined) included.push({ path, bytes, origin: base + path });
    }
  }
  return [...own, ...included];
}

/** A file of this machine, of the tree, or that the tree puts into the system under that name; it counts for the main archives, and so for all that name no key. */
async function keyring(directory: string, name: string): Promise<KeyFile> {
  for (const place of [name, ...includeDirectories.map((base) => join('config', base, name))]) {
    const bytes = await orIfAbsent(readFile(resolve(directory, place)), undefined);
    if (bytes !== undefined) return { path: `/etc/apt/trusted.gpg.d/${basename(name)}`, bytes, origin: place };
  }
  throw new LivewrightError('CONFIG_MISSING', {
    message: `There is no keyring "${name}", which --debootstrap-options names.`,
    hint: `Put it at config/includes.chroot${name.startsWith('/') ? '' : '/'}${name}, or its keys into config/archives/NAME.key and leave --keyring out.`,
    data: { path: name },
  });
}

const isKey = (path: string): boolean => /\.(gpg|asc|pgp)$/.test(basename(path));

/** Sources of the image whose lists the build does not have anyway. */
export function onlyInImage({ further, imageArchives }: AptTree): FurtherArchives {
  const known = new Set(further.archives.map(({ uri, suite }) => `${uri} ${suite}`));
  return {
    ...imageArchives,
    archives: imageArchives.archives.filter(({ uri, suite }) => !known.has(`${uri} ${suite}`)),
    mayBeAway: true,
  };
}
