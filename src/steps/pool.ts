import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fetchDebs } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { readInLayers, readLayers } from '../rootfs/find.ts';
import { place } from '../rootfs/place.ts';
import { sealLayer } from '../rootfs/seal.ts';
import type { RunTool } from '../sandbox/types.ts';
import type { Digest, TreeRef } from '../store/types.ts';
import { archiveFileName } from './lock.ts';
import type { PoolPackage } from './poolLock.ts';
import { type EpochSource, openSandbox, toLog } from './workshop.ts';

export interface PoolOptions {
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly lock: Step<readonly PoolPackage[]>;
  /** The base system, which knows the number of its release. */
  readonly bootstrap: Step<TreeRef>;
  readonly downloader: Downloader;
  readonly settings: PoolSettings;
}

export type PoolSettings = {
  readonly suite: string;
  readonly architecture: string;
  readonly areas: readonly string[];
};

/** `pool/` and `dists/` of the medium: packages that are there to be installed later. As in live-build nobody signs them. */
export function poolStep({ tools, epoch, lock, bootstrap, downloader, settings }: PoolOptions): Step<TreeRef> {
  return defineStep({
    name: 'pool',
    title: 'packages on the medium',
    version: 1,
    needs: [tools, ...epoch.needs, lock, bootstrap],
    inputs: (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      packages: resultOf(lock),
      bootstrap: resultOf(bootstrap),
      settings,
    }),
    run: async (inputs, context) => {
      const { store, signal } = context;
      const { packages, epochSeconds } = inputs;
      const directory = join(context.scratch, 'medium');
      await mkdir(directory);
      const onProgress = (done: number, total: number, item: string) => context.progress(done, total, 'bytes', item);
      const wanted = packages.map((item) => ({ ...item, sha256: item.sha256 as Digest }));
      const debs = await fetchDebs(wanted, { store, downloader, signal, onProgress });
      for (const [number, deb] of debs.entries()) {
        await place(await store.blobPath(deb), join(directory, poolPath(packages[number] as PoolPackage)));
      }
      const layers = await readLayers(store, [inputs.bootstrap]);
      const release = (await readInLayers(layers, 'usr/lib/os-release')) ?? '';
      const version = /^VERSION_ID="?([^"\n]*)/m.exec(release)?.[1] ?? '';
      const { runTool } = await openSandbox(store, inputs.tools);
      const run: RunTool = (program) => runTool({ ...program, ...toLog(context) });
      await writeIndices({ directory, run, settings: inputs.settings, epochSeconds, version });
      return store.putTree(directory, await sealLayer({ directory, epochSeconds }));
    },
  });
}

/** `pool/AREA/LETTER/SOURCE/FILE`; all of what is not free is in one area there, its firmware too. */
export function poolPath(item: Pick<PoolPackage, 'name' | 'version' | 'architecture' | 'source' | 'section'>): string {
  const { source, section } = item;
  const area = ['contrib', 'non-free'].find((name) => section.includes(name)) ?? 'main';
  const letter = /^lib./.test(source) ? source.slice(0, 4) : source.slice(0, 1);
  return `pool/${area}/${letter}/${source}/${archiveFileName(item)}`;
}

interface Indexing {
  readonly directory: string;
  readonly run: RunTool;
  readonly settings: PoolSettings;
  readonly epochSeconds: number;
  readonly version: string;
}

async function writeIndices(indexing: Indexing): Promise<void> {
  const { directory, run, settings } = indexing;
  const areas = await readdir(join(directory, 'pool')).catch(() => []);
  if (areas.length === 0) return;
  const medium = { binds: [{ source: directory, target: '/medium' }], cwd: '/medium' };
  for (const area of areas.toSorted()) {
    const { stdout } = await run({ argv: ['apt-ftparchive', 'packages', `pool/${area}`], ...medium });
    const path = join(directory, 'dists', settings.suite, area, `binary-${settings.architecture}`, 'Packages');
    const text = sortStanzas(stdout);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
  }
  const { stdout } = await run({
    argv: ['apt-ftparchive', ...releaseFields(indexing), 'release', `dists/${settings.suite}`],
    ...medium,
  });
  await writeFile(join(directory, 'dists', settings.suite, 'Release'), `${stdout}\n`);
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

function releaseFields({ settings, epochSeconds, version }: Indexing): string[] {
  const { suite, architecture, areas } = settings;
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  const fields = {
    ...{
      Origin: 'Debian',
      Label: 'Debian',
      Suite: suite,
      ...(version !== '' && { Version: version }),
      Codename: suite,
    },
    ...{ Date: date, Architectures: architecture, Components: areas.join(' '), Description: `Last updated: ${date}` },
  };
  return Object.entries(fields).flatMap(([name, value]) => ['-o', `APT::FTPArchive::Release::${name}=${value}`]);
}
