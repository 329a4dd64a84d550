import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { requestedFlavour } from '../media/bootMenu.ts';
import { type InstallerSources, layOutMedium } from '../media/medium.ts';
import { mediumPlaces } from '../media/places.ts';
import { type KernelSource, type MediumSettings, systemImagePath } from '../media/settings.ts';
import type { MediaTools } from '../media/tools.ts';
import type { VerityFiles } from '../media/verity.ts';
import { installedPackages, packagesText } from '../rootfs/dpkgStatus.ts';
import { findInLayers, type Layer, readInLayers, readLayers } from '../rootfs/find.ts';
import { sealLayer } from '../rootfs/seal.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import { kernelVersions } from './initrd.ts';
import type { InstallerFace, InstallerResult } from './installer.ts';
import { namesBeyond, releaseNumber } from './rootFacts.ts';
import type { Verity } from './verity.ts';
import { type EpochSource, openSandbox } from './workshop.ts';

/** A medium before its hooks and checksums, and what is known of it. */
export type LaidOutMedium = {
  readonly directory: TreeRef;
  /** `live-image-ARCH.packages`: name, tab, version. */
  readonly packages: BlobRef;
  readonly secureBoot: boolean;
};

export interface MediumOptions {
  readonly tools: Step<TreeRef>;
  /** Boot loaders of an architecture that is not this machine's. */
  readonly loaders?: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly layers: readonly Step<TreeRef>[];
  /** Where a second pass brings packages that an installer takes away again: the layers up to the first. */
  readonly installLayers?: readonly Step<TreeRef>[];
  readonly rootfs: Step<BlobRef>;
  readonly verity?: Step<Verity>;
  readonly installer?: Step<InstallerResult>;
  /** Answers to the installer's questions, each file put together of some: name on the medium -> files of the tree. */
  readonly answers?: Readonly<Record<string, readonly UserFile[]>>;
  /** `pool/` and `dists/`. */
  readonly pool?: Step<TreeRef>;
  /** What starts the installer from another system. */
  readonly starters?: readonly Step<TreeRef>[];
  readonly settings: MediumSettings;
  /** The user's directories, with digests of what they hold; undefined where there is none. */
  readonly bootloaders?: UserDirectory;
  readonly includesBinary?: UserDirectory;
}

/** A file of the user's, and its digest. */
export interface UserFile {
  readonly path: string;
  readonly sha256: string;
}

export interface UserDirectory {
  readonly path: string;
  readonly digest: () => Promise<string>;
}

/** Lays out the medium: kernel, initramfs, system image, boot loaders with their menus. `mediumStep` finishes it. */
export function layOutStep(options: MediumOptions): Step<LaidOutMedium> {
  const { tools, loaders, epoch, layers, rootfs, verity, installer, pool, settings } = options;
  const { answers = {}, starters = [], bootloaders, includesBinary, installLayers = [] } = options;
  const further = [verity, installer, pool, loaders, ...starters].filter((step) => step !== undefined);
  return defineStep({
    name: `lay-out:${settings.imageType}`,
    title: `files of the ${settings.imageType} medium`,
    kind: 'lay-out',
    version: 5,
    needs: [tools, ...epoch.needs, ...layers, rootfs, ...further],
    inputs: async (resultOf) => ({
      tools: resultOf(tools),
      ...(loaders && { loaders: resultOf(loaders) }),
      epochSeconds: epoch.secondsOf(resultOf),
      layers: layers.map((layer) => resultOf(layer)),
      ...(installLayers.length > 0 && { installLayers: installLayers.length }),
      rootfs: resultOf(rootfs),
      ...(verity && { verity: resultOf(verity) }),
      installer: installer ? resultOf(installer) : null,
      ...(pool && { pool: resultOf(pool) }),
      ...(Object.keys(answers).length > 0 && { answers: digestsOf(answers) }),
      ...(starters.length > 0 && { starters: starters.map((step) => resultOf(step)) }),
      settings: settings as MediumSettings & Record<string, never>,
      bootloaders: (await bootloaders?.digest()) ?? null,
      includesBinary: (await includesBinary?.digest()) ?? null,
    }),
    run: async (inputs, context) => {
      const { store, scratch } = context;
      const directory = join(scratch, 'medium');
      const work = join(scratch, 'work');
      await mkdir(directory);
      await mkdir(work);
      const stack = await readLayers(store, inputs.layers);
      const packages = packagesText(installedPackages((await readInLayers(stack, 'var/lib/dpkg/status')) ?? ''));
      const { epochSeconds } = inputs;
      const versionId = await releaseNumber(stack);
      const laidOut = await layOutMedium(await mediaTools(inputs, context), {
        directory,
        scratch: work,
        settings: { ...settings, ...(versionId !== '' && { versionId }) },
        kernels: await findKernels(stack, settings),
        squashfs: await store.blobPath(inputs.rootfs),
        packagesText: packages,
        ...(inputs.installLayers && { removedPackages: await namesBeyond(stack, inputs.installLayers) }),
        ...(inputs.verity && { verity: await verityFiles(inputs.verity, store) }),
        ...(inputs.pool && { pool: await store.treePath(inputs.pool) }),
        starters: await Promise.all((inputs.starters ?? []).map((tree) => store.treePath(tree))),
        ...(inputs.installer && { installer: await installerFiles(inputs.installer, answers, store) }),
        identity: inputs.rootfs.blob,
        epochSeconds,
        ...(bootloaders && { userBootloaders: bootloaders.path }),
        ...(includesBinary && { includesBinary: includesBinary.path }),
      });
      const squashfs = join(mediumPlaces('', settings).root, systemImagePath(settings));
      const knownSha256 = new Map([[squashfs, String(inputs.rootfs.blob)]]);
      return {
        directory: await store.putTree(directory, await sealLayer({ directory, epochSeconds, knownSha256 })),
        packages: await store.putBytes(packages),
        secureBoot: laidOut.secureBoot,
      };
    },
  });
}

async function verityFiles({ hashTree, rootHash, fec, signature }: Verity, store: Store): Promise<VerityFiles> {
  return {
    hashTree: await store.blobPath(hashTree),
    rootHash,
    ...(fec && { fec: { parity: await store.blobPath(fec.parity), roots: fec.roots } }),
    ...(signature && { signature: await store.blobPath(signature) }),
  };
}

/** The programs of the tools tree, for the media room. */
export async function mediaTools(
  inputs: { readonly tools: TreeRef; readonly loaders?: TreeRef },
  context: StepContext,
): Promise<MediaTools> {
  const { run } = await openSandbox(context.store, inputs.tools);
  const tree = await context.store.treePath(inputs.tools);
  const loaders = inputs.loaders && (await context.store.treePath(inputs.loaders));
  return { run, tree, ...(loaders && { loaders }), signal: context.signal, log: (line) => context.log(line) };
}

type Answers = Readonly<Record<string, readonly UserFile[]>>;

function digestsOf(answers: Answers): Record<string, string[]> {
  return Object.fromEntries(Object.entries(answers).map(([name, files]) => [name, files.map(({ sha256 }) => sha256)]));
}

async function readAnswers(answers: Answers): Promise<Record<string, string>> {
  const texts = Object.entries(answers).map(async ([name, files]) => {
    return [name, (await Promise.all(files.map(({ path }) => readFile(path, 'utf8')))).join('')] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

async function installerFiles(
  { text, gtk }: InstallerResult,
  answers: Answers,
  store: Store,
): Promise<InstallerSources> {
  const files = async ({ vmlinuz, initrd }: InstallerFace) => ({
    vmlinuz: await store.blobPath(vmlinuz),
    initrd: await store.blobPath(initrd),
  });
  return { text: await files(text), ...(gtk && { gtk: await files(gtk) }), answers: await readAnswers(answers) };
}

async function findKernels(layers: readonly Layer[], settings: MediumSettings): Promise<KernelSource[]> {
  const kernels: KernelSource[] = [];
  for (const version of await kernelVersions(layers)) {
    const vmlinuz = await findInLayers(layers, `boot/vmlinuz-${version}`);
    const initrd = await findInLayers(layers, `boot/initrd.img-${version}`);
    if (vmlinuz === undefined || initrd === undefined) continue;
    kernels.push({ version, flavour: requestedFlavour(version, settings.flavours), vmlinuz, initrd });
  }
  if (kernels.length > 0) return kernels;
  throw new LivewrightError('CONFIG_VALUE', {
    message: 'The system has no kernel with an initramfs, so nothing could boot it.',
    hint: 'See --linux-packages and --linux-flavours, and whether a hook removes files of /boot.',
  });
}
