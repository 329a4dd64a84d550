import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from '../config/listFiles.ts';
import type { LiveValues } from '../config/options.ts';
import { type ArchiveFile, findAptFiles, findArchives } from '../config/treeFiles.ts';
import type { AptFiles } from '../steps/aptFiles.ts';

export type AptPhase = 'Chroot' | 'Binary';

/** Where live-build puts each kind below /etc/apt; keys keep their whole name, and say their form behind it. */
const places: Readonly<Record<Exclude<ArchiveFile['kind'], 'deb' | 'key'>, (stem: string) => string>> = {
  list: (stem) => `sources.list.d/${stem}.list`,
  sources: (stem) => `sources.list.d/${stem}.sources`,
  conf: (stem) => `apt.conf.d/${stem}.conf`,
  pref: (stem) => `preferences.d/${stem}.pref`,
  auth: (stem) => `auth.conf.d/${stem}.conf`,
};

export interface PlacedFile {
  readonly file: ArchiveFile;
  /** Below /etc/apt. */
  readonly path: string;
  readonly content: Buffer;
}

/**
 * The files of `config/archives` that count in a phase: those without a phase first, so that one that names it takes
 * their place. Sources come with their placeholders replaced.
 */
export async function placeArchiveFiles(directory: string, values: LiveValues, phase: AptPhase): Promise<PlacedFile[]> {
  const files = (await findArchives(directory)).filter(({ kind }) => kind !== 'deb');
  const ofPhase = (wanted: ArchiveFile['phase']) => files.filter((file) => file.phase === wanted);
  const placed = new Map<string, PlacedFile>();
  for (const file of [...ofPhase('both'), ...ofPhase(phase === 'Chroot' ? 'chroot' : 'binary')]) {
    const bytes = await readFile(join(directory, file.path));
    const path = placeOf(file, bytes);
    placed.set(path, { file, path, content: isSource(file) ? replaced(bytes, values, phase) : bytes });
  }
  return [...placed.values()];
}

const isSource = ({ kind }: ArchiveFile): boolean => kind === 'list' || kind === 'sources';

function placeOf({ kind, stem, path }: ArchiveFile, bytes: Buffer): string {
  if (kind === 'deb') throw new Error('packages have no place in /etc/apt');
  if (kind !== 'key') return places[kind](stem);
  const isArmoured = bytes.includes('PGP PUBLIC KEY BLOCK');
  return `trusted.gpg.d/${path.slice(path.lastIndexOf('/') + 1)}.${isArmoured ? 'asc' : 'gpg'}`;
}

function replaced(bytes: Buffer, values: LiveValues, phase: AptPhase): Buffer {
  const words: Readonly<Record<string, string>> = {
    DISTRIBUTION: values[`distribution${phase}`],
    PARENT_DISTRIBUTION: values[`parentDistribution${phase}`],
    ARCHIVE_AREAS: values.archiveAreas.join(' '),
    PARENT_ARCHIVE_AREAS: values.parentArchiveAreas.join(' '),
  };
  const text = bytes.toString('utf8').replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => words[name] ?? whole);
  return Buffer.from(values.aptSourceArchives ? text : withoutSources(text));
}

const withoutSources = (text: string): string =>
  text.replaceAll(/^deb-src/gm, '#deb-src').replaceAll(/^(Types:.*?)[ \t]+deb-src\b/gim, '$1');

/** What else counts while packages are chosen: the options' own settings, `config/apt`, and files included before. */
export async function readBuildSettings(directory: string, values: LiveValues): Promise<AptFiles> {
  const own = await findAptFiles(directory);
  const named = own.map(({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return [path, name.endsWith('.pref') ? `preferences.d/${name}` : name] as const;
  });
  const included = await listIncluded(directory);
  const files = [...included, ...named].map(async ([path, place]) => {
    return [place, await readFile(join(directory, path))] as const;
  });
  return { ...optionSettings(values, 'Chroot'), ...Object.fromEntries(await Promise.all(files)) };
}

const before = 'config/includes.chroot_before_packages/etc/apt';

async function listIncluded(directory: string): Promise<(readonly [path: string, place: string])[]> {
  const parts = await Promise.all(
    ['', '/apt.conf.d', '/preferences.d'].map((part) => listFiles(directory, before + part)),
  );
  const isRead = (place: string): boolean =>
    ['apt.conf', 'preferences'].includes(place) ||
    /^apt\.conf\.d\/[\w-]+(\.conf)?$|^preferences\.d\/[\w-]+(\.pref)?$/.test(place);
  return parts
    .flat()
    .map(({ path }) => [path, path.slice(before.length + 1)] as const)
    .filter(([, place]) => isRead(place));
}

/** What live-build writes for options (chroot_apt); in the image it leaves what is not apt's own default. */
export function optionSettings(values: LiveValues, phase: AptPhase): AptFiles {
  const { aptRecommends: recommends, aptSecure: isSecure, aptPipeline: depth } = values;
  const isBuild = phase === 'Chroot';
  const text = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line};\n`).join(''));
  return {
    ...(isBuild &&
      depth !== undefined && { 'apt.conf.d/00pipeline': text([`Acquire::http::Pipeline-Depth "${depth}"`]) }),
    ...((isBuild || !recommends) && {
      'apt.conf.d/00recommends': text([
        `APT::Install-Recommends "${recommends}"`,
        `Aptitude::Recommends-Important "${recommends}"`,
      ]),
    }),
    ...((isBuild || !isSecure) && {
      'apt.conf.d/00secure': text([
        `APT::Get::AllowUnauthenticated "${!isSecure}"`,
        `Aptitude::CmdLine::Ignore-Trust-Violations "${!isSecure}"`,
        `Acquire::AllowInsecureRepositories "${!isSecure}"`,
      ]),
    }),
  };
}
