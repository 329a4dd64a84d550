import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TreeFile } from '../config/digestFile.ts';
import { aptListFileName } from '../debian/aptNames.ts';
import { readControl } from '../debian/deb.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import type { LentFiles } from '../rootfs/buildTime.ts';
import type { BlobRef, Store } from '../store/types.ts';
import type { IndexedSource } from './indexResult.ts';
import { fieldOf } from './stanzas.ts';

/** The packages of `config/packages.chroot` as an archive of their own. */
export type LocalRepository = {
  readonly source: IndexedSource;
  /** Each name once; all of them are installed, as in live-build. */
  readonly names: readonly string[];
  readonly files: readonly { readonly name: string; readonly deb: BlobRef }[];
};

export interface LocalPackagesOptions {
  /** The build directory. */
  readonly directory: string;
  readonly architecture: string;
  readonly packages: readonly TreeFile[];
}

/** Where live-build has them inside the root. */
const PLACE = '/packages';
const ORIGIN = 'config/packages.chroot';

/** As old as can be, so that the same packages have the same index on any day. */
const releaseOf = ({ blob, sizeBytes }: BlobRef): string =>
  `Origin: ${ORIGIN}\nDate: Thu, 01 Jan 1970 00:00:00 UTC\nSHA256:\n ${blob} ${sizeBytes} Packages\n`;

/** apt is to prefer them to any other version, also to a newer one (live-build's chroot_apt). */
export const localPin = `Package: *\nPin: release o=${ORIGIN}\nPin-Priority: 1001\n`;

/** Takes local packages into the store and indexes them. Throws ARCHIVE_FORMAT and CONFIG_VALUE with the file's name. */
export function localPackagesStep({ directory, architecture, packages }: LocalPackagesOptions): Step<LocalRepository> {
  return defineStep({
    name: 'local-packages',
    title: 'local packages',
    version: 2,
    needs: [],
    inputs: () => ({ architecture, packages: packages.map(({ path, sha256 }) => ({ path, sha256 })) }),
    run: async (inputs, context) => {
      const indexed = [];
      for (const { path, sha256 } of inputs.packages) {
        const deb = await keep(join(directory, path), context);
        if (deb.blob !== sha256) throw changedMeanwhile(path);
        indexed.push({ path, deb, control: await controlOf(path, deb, inputs.architecture, context.store) });
      }
      const files = indexed.map(({ path, deb }) => ({ name: basename(path), deb }));
      const text = indexed.map(({ path, deb, control }) => stanzaOf(basename(path), deb, control)).join('\n');
      const names = [...new Set(indexed.map(({ control }) => fieldOf(control, 'Package')))];
      return { source: await sourceOf(text, context.store), names, files };
    },
  });
}

async function keep(path: string, { store, scratch }: StepContext): Promise<BlobRef> {
  const copy = join(scratch, 'deb');
  await copyFile(path, copy);
  return store.putFile(copy);
}

async function controlOf(path: string, deb: BlobRef, architecture: string, store: Store): Promise<string> {
  const control = await readControl(await store.blobPath(deb)).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const own = fieldOf(control, 'Architecture');
  const missing = ['Package', 'Version', 'Architecture'].find((field) => fieldOf(control, field) === '');
  if (missing !== undefined) throw refuse(path, `its control file has no field ${missing}`);
  if (own !== 'all' && own !== architecture) throw refuse(path, `it is for ${own}, whatever its name says`);
  return control;
}

/** What apt-ftparchive would write. */
function stanzaOf(name: string, { blob, sizeBytes }: BlobRef, control: string): string {
  const fields = control.replace(/\n\s*\n[\s\S]*$/, '').trimEnd();
  return `${fields}\nFilename: ./${name}\nSize: ${sizeBytes}\nSHA256: ${blob}\n`;
}

async function sourceOf(packagesText: string, store: Store): Promise<IndexedSource> {
  const uri = `file:${PLACE}`;
  const packages = await store.putBytes(packagesText);
  return {
    uri,
    suite: './',
    inRelease: await store.putBytes(releaseOf(packages)),
    listName: aptListFileName(uri, './Release'),
    components: [
      {
        name: '',
        architecture: '',
        packages,
        listName: aptListFileName(uri, './Packages'),
      },
    ],
  };
}

/** The repository as hooks find it, so that an apt in them does not take the packages for obsolete. */
export async function lendLocalPackages({ source, files }: LocalRepository, store: Store): Promise<LentFiles> {
  const debs = files.map(async ({ name, deb }) => [`${PLACE}/${name}`, { source: await store.blobPath(deb) }] as const);
  const [index] = source.components;
  return {
    ...Object.fromEntries(await Promise.all(debs)),
    ...(index && { [`${PLACE}/Packages`]: { source: await store.blobPath(index.packages) } }),
    [`${PLACE}/Release`]: { source: await store.blobPath(source.inRelease) },
    '/etc/apt/sources.list.d/packages.list': { content: `deb [ trusted=yes ] ${source.uri} ./\n` },
    '/etc/apt/preferences.d/livewright-packages.pref': { content: localPin },
  };
}

function refuse(path: string, why: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: `The package cannot be used: ${why}.`,
    hint: 'Build it again for this architecture, or take it out.',
    place: { path },
  });
}

function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof LivewrightError)) return error;
  // The sentence names the object of the store; the user knows the file.
  const why = error.message.replace(/^\S+ (?=cannot|is not)/, 'It ');
  return new LivewrightError(error.code, {
    message: why,
    hint: 'Copy or build the package again.',
    place: { path },
    cause: error,
  });
}

function changedMeanwhile(path: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: 'The package changed while it was being read.',
    hint: 'Run the build again.',
    place: { path },
  });
}
