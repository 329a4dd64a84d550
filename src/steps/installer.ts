import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Downloader } from '../debian/http.ts';
import { fetchReleases, findListed } from '../debian/indices.ts';
import { type InstallerImages, installerDirectory, netbootImages, parseSha256Sums } from '../debian/installerImages.ts';
import type { Keyring } from '../debian/keys.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import type { BlobRef } from '../store/types.ts';
import type { RemoteFile } from './indexResult.ts';

export interface InstallerOptions {
  /** An archive of Debian's. */
  readonly mirror: string;
  readonly suite: string;
  readonly architecture: string;
  readonly gui: boolean;
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
}

/** Kernel and initrd of the Debian Installer. */
export type InstallerResult = {
  readonly text: InstallerFace;
  readonly gtk: InstallerFace | null;
};
export type InstallerFace = { readonly vmlinuz: BlobRef; readonly initrd: BlobRef };

/** Fetches the installer that the archive has now: its images that load the rest from a mirror. */
export function installerStep(options: InstallerOptions): Step<InstallerResult> {
  const { architecture, gui, downloader } = options;
  const index = installerIndexStep(options);
  return defineStep({
    name: 'installer',
    title: 'Debian Installer',
    version: 1,
    needs: [index],
    inputs: (resultOf) => ({ sums: resultOf(index), architecture, gui }),
    run: async ({ sums }, context) => {
      const known = parseSha256Sums(await fetchText(sums, downloader, context), sums.url);
      const fetchFace = async (face: 'text' | 'gtk'): Promise<InstallerFace> => {
        const { vmlinuz, initrd }: InstallerImages = netbootImages(architecture, face);
        const fetchOne = async (path: string) => {
          const sha256 = known.get(path) ?? missing(path, sums.url);
          const { blob, sizeBytes } = (await context.store.findBlob(sha256)) ?? (await fetchBlob(path, sha256));
          return { blob, sizeBytes };
        };
        return { vmlinuz: await fetchOne(vmlinuz), initrd: await fetchOne(initrd) };
      };
      const fetchBlob = async (path: string, sha256: string): Promise<BlobRef> => {
        const file = join(context.scratch, 'file');
        const url = archiveUrl(options, `${installerDirectory(architecture)}/${path}`);
        const onProgress = (done: number): void => context.progress(done, undefined, 'bytes', path);
        await downloader.fetchToFile(url, file, { expectedSha256: sha256, signal: context.signal, onProgress });
        return context.store.putFile(file);
      };
      return { text: await fetchFace('text'), gtk: gui ? await fetchFace('gtk') : null };
    },
  });
}

/** Asked in every build, as the archives are: which list of checksums the signed index names. */
function installerIndexStep({ mirror, suite, architecture, downloader, keys }: InstallerOptions): Step<RemoteFile> {
  return defineStep({
    name: 'installer-index',
    title: 'index of the installer',
    version: 1,
    needs: [],
    cache: 'never',
    inputs: () => ({ mirror, suite, architecture }),
    run: async (_inputs, { store, signal }) => {
      const source = { uri: mirror, suite, components: ['main'], architectures: [architecture] };
      const [release] = await fetchReleases([source], { downloader, store, signal, keys: await keys() });
      const path = `${installerDirectory(architecture)}/SHA256SUMS`;
      const found = release && findListed(release, path);
      if (!found) return noInstaller(suite, architecture);
      // Not by hash: for the installer's files Debian's mirrors offer no such names.
      return { url: archiveUrl({ mirror, suite }, path), sha256: found.sha256, sizeBytes: found.sizeBytes };
    },
  });
}

/** `path` is relative to the suite's Release file. */
function archiveUrl({ mirror, suite }: Pick<InstallerOptions, 'mirror' | 'suite'>, path: string): string {
  return `${mirror.replace(/\/+$/, '')}/dists/${suite}/${path}`;
}

async function fetchText(file: RemoteFile, downloader: Downloader, context: StepContext): Promise<string> {
  const path = join(context.scratch, 'SHA256SUMS');
  const expected = { expectedSha256: file.sha256, expectedSizeBytes: file.sizeBytes };
  await downloader.fetchToFile(file.url, path, { ...expected, signal: context.signal });
  return readFile(path, 'utf8');
}

function noInstaller(suite: string, architecture: string): never {
  throw new LivewrightError('MIRROR_NOT_FOUND', {
    message: `The suite "${suite}" has no Debian Installer for ${architecture}.`,
    hint: 'Name a suite that has one with --parent-debian-installer-distribution, or set --debian-installer none.',
    data: { suite, architecture },
  });
}

function missing(path: string, url: string): never {
  throw new LivewrightError('MIRROR_NOT_FOUND', {
    message: `The installer has no "${path}": ${url} does not list it.`,
    hint: 'Set --debian-installer-gui false where there is no graphical one, or --debian-installer none.',
    data: { path, url },
  });
}
