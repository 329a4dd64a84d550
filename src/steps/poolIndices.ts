import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RunTool } from '../sandbox/types.ts';

export type PoolSettings = {
  /** The directory below `dists/`. */
  readonly suite: string;
  /** What the Release file says, where that is another suite. */
  readonly codename?: string;
  readonly architecture: string;
  readonly areas: readonly string[];
};

export interface Indexing {
  /** Holds `pool/`. */
  readonly directory: string;
  readonly run: RunTool;
  readonly settings: PoolSettings;
  readonly epochSeconds: number;
  /** Of the release; empty where it has none. */
  readonly version: string;
  /** An installer's medium has an index for every area, and in each a small Release file. */
  readonly isForInstaller: boolean;
}

/** `dists/`: lists of what is in `pool/`, and a Release file for all. As in live-build nobody signs it. */
export async function writeIndices(indexing: Indexing): Promise<void> {
  const { directory, run, settings, isForInstaller } = indexing;
  if (isForInstaller) {
    for (const area of settings.areas) await mkdir(join(directory, 'pool', area), { recursive: true });
  }
  const areas = await readdir(join(directory, 'pool')).catch(() => []);
  if (areas.length === 0) return;
  const medium = { binds: [{ source: directory, target: '/medium' }], cwd: '/medium' };
  for (const area of areas.toSorted()) {
    const { stdout } = await run({ argv: ['apt-ftparchive', 'packages', `pool/${area}`], ...medium });
    const place = join(directory, 'dists', settings.suite, area, `binary-${settings.architecture}`);
    await writeIndex(join(place, 'Packages'), sortStanzas(stdout));
    if (isForInstaller) await writeFile(join(place, 'Release'), areaRelease(area, indexing));
  }
  const { stdout } = await run({
    argv: ['apt-ftparchive', ...releaseFields(indexing), 'release', `dists/${settings.suite}`],
    ...medium,
  });
  await writeFile(join(directory, 'dists', settings.suite, 'Release'), `${stdout}\n`);
}

/** A list of packages, plain and compressed. */
export async function writeIndex(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
}

/** In the order of names: apt-ftparchive goes by that of the directory, which is the file system's. */
export function sortStanzas(text: string): string {
  const stanzas = text.split(/\n\n+/).map((stanza) => stanza.trim());
  return stanzas
    .filter(Boolean)
    .toSorted()
    .map((stanza) => `${stanza}\n\n`)
    .join('');
}

/** Debian's name for what is always its newest state has no release of its own. */
const suiteName = (codename: string): string => (codename === 'sid' ? 'unstable' : codename);

function areaRelease(area: string, { settings, version }: Indexing): string {
  const { codename = settings.suite, architecture } = settings;
  const fields = {
    ...{ Archive: suiteName(codename), Origin: 'Debian', Label: 'Debian', ...(version !== '' && { Version: version }) },
    ...{ Component: area, Architecture: architecture },
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function releaseFields({ settings, epochSeconds, version, isForInstaller }: Indexing): string[] {
  const { suite, codename = suite, architecture, areas } = settings;
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  const fields = {
    ...{ Origin: 'Debian', Label: 'Debian', Suite: isForInstaller ? suiteName(codename) : codename },
    ...{ ...(version !== '' && { Version: version }), Codename: codename },
    ...{ Date: date, Architectures: architecture, Components: areas.join(' '), Description: `Last updated: ${date}` },
  };
  return Object.entries(fields).flatMap(([name, value]) => ['-o', `APT::FTPArchive::Release::${name}=${value}`]);
}
