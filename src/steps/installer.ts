import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackDeb } from '../debian/deb.ts';
import { type LockedPackage, lockPackage } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import { indexPackages } from '../debian/packages.ts';
import { createTreeWriter } from '../debian/treeWriter.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import type { BlobRef, Store } from '../store/types.ts';
import type { IndexResult } from './indexResult.ts';
import { fetchOwnDebs } from './ownDebs.ts';

export interface InstallerOptions {
  /** The archive whose first source has the installer, in `main`. */
  readonly index: Step<IndexResult>;
  /** The installer's suite, for words to the user. */
  readonly suite: string;
  readonly architecture: string;
  readonly gui: boolean;
  readonly downloader: Downloader;
  /** The step's name, where another one is `installer`. */
  readonly name?: string;
}

/** Kernel and initrd of the Debian Installer. */
export type InstallerResult = {
  readonly text: InstallerFace;
  readonly gtk: InstallerFace | null;
};
export type InstallerFace = {
  readonly vmlinuz: BlobRef;
  readonly initrd: BlobRef;
  /** The udebs in the initrd, where a medium must not have them once more. */
  readonly packages?: readonly string[];
};

/**
 * Fetches the Debian Installer that loads its parts from a mirror. live-build takes the images of the archive's
 * `installer-ARCH` directories; Debian also has them as packages (debian-installer-N-netboot-ARCH, the same files), which
 * every mirror carries, every index signs and the store keeps.
 */
export function installerStep({
  architecture,
  gui,
  downloader,
  name,
  ...options
}: InstallerOptions): Step<InstallerResult> {
  const lock = installerLockStep({ architecture, ...options });
  return defineStep({
    name: name ?? 'installer',
    title: 'Debian Installer',
    kind: 'installer',
    version: 1,
    needs: [lock],
    inputs: (resultOf) => ({ package: resultOf(lock), architecture, gui }),
    run: async (inputs, context) => {
      const { store, scratch, signal } = context;
      const onProgress = (done: number, total: number, item: string): void =>
        context.progress(done, total, 'bytes', item);
      const [deb] = await fetchOwnDebs([inputs.package], { context, downloader, onProgress });
      if (deb === undefined) throw new Error('one package was asked for');
      const root = join(scratch, 'package');
      await mkdir(root);
      await unpackDeb(await store.blobPath(deb), createTreeWriter(root), { exclude: isNoImage, signal });
      const text = await keepFace(store, facePath(root, inputs, 'text'));
      return { text, gtk: inputs.gui ? await keepFace(store, facePath(root, inputs, 'gtk')) : null };
    },
  });
}

/** Which package it is: a step of its own, so that another state of the archive with the same one fetches nothing. */
function installerLockStep(options: Omit<InstallerOptions, 'gui' | 'downloader' | 'name'>): Step<LockedPackage> {
  const { index, suite, architecture } = options;
  return defineStep({
    name: 'installer-lock',
    title: 'package of the installer',
    version: 1,
    needs: [index],
    inputs: (resultOf) => {
      const { uri, components } = resultOf(index).sources[0] ?? { uri: '', components: [] };
      const lists = components.filter(({ name }) => name === 'main');
      return { uri, lists: lists.map(({ packages, listName }) => ({ packages, listName })), architecture };
    },
    run: async ({ uri, lists }, { store }) => {
      const texts = await Promise.all(
        lists.map(async ({ packages, listName }) => {
          return { uri, path: listName, text: await readFile(await store.blobPath(packages)) };
        }),
      );
      const found = indexPackages(texts).providers(`debian-installer-netboot-${architecture}`);
      // Several only while a suite moves from one release to the next: the later number is the newer one.
      const newest = found.toSorted((a, b) => compareNumbers(a.package.name, b.package.name)).at(-1);
      if (newest === undefined) throw noInstaller(suite, architecture);
      return lockPackage(newest.package);
    },
  });
}

const { compare: compareNumbers } = new Intl.Collator('en', { numeric: true });

function isNoImage(path: string): boolean {
  return path.includes('/') && /\/(doc|lintian|boot-screens|pxelinux\.cfg)(\/|$)/.test(path);
}

interface FaceInputs {
  readonly package: LockedPackage;
  readonly architecture: string;
}

/** `/usr/lib/debian-installer/images/13/amd64/text/debian-installer/amd64/`: the number is that of the package's name. */
function facePath(root: string, { package: { name }, architecture }: FaceInputs, face: 'text' | 'gtk'): string {
  const release = /^debian-installer-(\d+)-/.exec(name)?.[1] ?? '';
  const images = join(root, 'usr/lib/debian-installer/images', release, architecture);
  return join(images, face, 'debian-installer', architecture);
}

async function keepFace(store: Store, directory: string): Promise<InstallerFace> {
  const [vmlinuz, initrd] = [join(directory, 'linux'), join(directory, 'initrd.gz')];
  return { vmlinuz: await store.putFile(vmlinuz), initrd: await store.putFile(initrd) };
}

function noInstaller(suite: string, architecture: string): LivewrightError {
  return new LivewrightError('MIRROR_NOT_FOUND', {
    message: `The suite "${suite}" has no Debian Installer for ${architecture} (no package debian-installer-*-netboot-${architecture}).`,
    hint: 'Name a suite that has one with --parent-debian-installer-distribution, or set --debian-installer none.',
    data: { suite, architecture },
  });
}
